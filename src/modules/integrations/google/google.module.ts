import { Module } from '@nestjs/common';
import { GoogleHttp } from './google-http.js';
import { GoogleOAuth } from './google-oauth.js';

/** Requests to Google. */
@Module({ providers: [GoogleHttp, GoogleOAuth], exports: [GoogleHttp, GoogleOAuth] })
export class GoogleModule {}
