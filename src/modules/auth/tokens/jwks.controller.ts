import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@/platform/access/access.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { ShowsList } from '@/platform/openapi/response-fields.js';
import { SigningKeys } from './signing-keys.js';

class JwksResponse {
  @ShowsList('object', [])
  keys!: object[];
}

@ApiTags('Operations')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @Operation({
    summary: 'Public keys of access tokens',
    description: 'Empty while tokens are signed with a shared secret (HS256), the default.',
    answers: JwksResponse,
  })
  getJwks(): JwksResponse {
    return this.keys.jwks();
  }
}
