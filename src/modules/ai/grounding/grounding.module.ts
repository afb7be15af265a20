import { Module } from '@nestjs/common';
import { GroundingRegistry } from './grounding-registry.js';

/** Answers that are supported by the documents of the caller. */
@Module({ providers: [GroundingRegistry], exports: [GroundingRegistry] })
export class GroundingModule {}
