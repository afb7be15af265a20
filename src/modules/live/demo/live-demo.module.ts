import { Module } from '@nestjs/common';
import { LiveDemoFiles } from './live-demo-files.js';
import { LiveDemoController } from './live-demo.controller.js';

/** A page for development that talks with the server. */
@Module({ controllers: [LiveDemoController], providers: [LiveDemoFiles] })
export class LiveDemoModule {}
