import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@/platform/access/access.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { ResponseListField } from '@/platform/openapi/response-fields.js';
import { SigningKeys } from './signing-keys.js';

class JwksResponse {
  @ResponseListField('object', [])
  keys!: object[];
}

@ApiTags('Operations')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly signingKeys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @Operation({
    summary: 'Public keys of access tokens',
    description: 'Empty while tokens are signed with a shared secret (HS256), the default.',
    response: JwksResponse,
  })
  getJwks(): JwksResponse {
    return this.signingKeys.toJwks();
  }
}
