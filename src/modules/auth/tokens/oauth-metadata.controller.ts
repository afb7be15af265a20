import { Controller, Get, Header, Injectable, Param } from '@nestjs/common';
import { Public } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { Installation } from '@/platform/crypto/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiExcludeController, ApiTags } from '@/platform/openapi/index.js';
import { OAuthMetadataResponse } from './dto/oauth-metadata.response.js';

/** Describes the authorization server (RFC 8414). */
@Injectable()
export class OAuthMetadataService {
  readonly metadata: OAuthMetadataResponse;
  private readonly publicPath: string;

  constructor(config: Config, installation: Installation) {
    this.metadata = OAuthMetadataResponse.from(installation.issuer(config), config.baseUrl);
    this.publicPath = new URL(config.baseUrl).pathname;
  }

  /** Returns the metadata for the path of `PUBLIC_URL`. Throws `not_found` for another path. */
  getForPath(path: string): OAuthMetadataResponse {
    if (`/${path}` !== this.publicPath) throw platformErrors.not_found();
    return this.metadata;
  }
}

@ApiTags('Operations')
@Controller('.well-known')
export class OAuthMetadataController {
  constructor(private readonly service: OAuthMetadataService) {}

  @Get('oauth-authorization-server')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @Operation({
    summary: 'Metadata of the OAuth 2.0 server',
    description:
      'For libraries that configure themselves from `PUBLIC_URL`. If that has a path, the metadata is also at ' +
      '`/.well-known/oauth-authorization-server` followed by the path.',
    response: OAuthMetadataResponse,
  })
  getOAuthMetadata(): OAuthMetadataResponse {
    return this.service.metadata;
  }
}

/** The address of the metadata for a `PUBLIC_URL` with a path: RFC 8414 inserts the well-known part before the path. */
@ApiExcludeController()
@Controller('.well-known/oauth-authorization-server')
export class OAuthMetadataOfPathController {
  constructor(private readonly service: OAuthMetadataService) {}

  @Get('*')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  getOAuthMetadataOfPath(@Param('*') path: string): OAuthMetadataResponse {
    return this.service.getForPath(path);
  }
}
