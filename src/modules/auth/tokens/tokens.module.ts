import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AccessTokenResolver } from '@/platform/access/index.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccessTokenGuard } from './access-token.guard.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens } from './access-tokens.js';
import { JwksController } from './jwks.controller.js';
import {
  OAuthMetadataController,
  OAuthMetadataOfPathController,
  OAuthMetadataService,
} from './oauth-metadata.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshService } from './refresh.service.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { SigningKeys } from './signing-keys.js';
import { jwtOptions, SigningKeysModule } from './signing-keys.module.js';
import { TokenPairIssuer } from './token-pair-issuer.js';
import { TokenSigner } from './token-signer.js';

/** Access tokens and refresh tokens, and the authentication of requests by access token. */
@Module({
  imports: [
    SessionsModule,
    SigningKeysModule,
    PassportModule,
    JwtModule.registerAsync({ imports: [SigningKeysModule], inject: [SigningKeys], useFactory: jwtOptions }),
  ],
  controllers: [JwksController, OAuthMetadataController, OAuthMetadataOfPathController],
  providers: [
    OAuthMetadataService,
    TokenSigner,
    AccessTokens,
    RefreshTokens,
    TokenPairIssuer,
    RefreshService,
    AccessTokenStrategy,
    AccessTokenGuard,
    SessionAuthenticator,
    { provide: AccessTokenResolver, useExisting: SessionAuthenticator },
  ],
  exports: [TokenSigner, AccessTokens, TokenPairIssuer, RefreshService, AccessTokenResolver],
})
export class TokensModule {}
