import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiSchema, ApiTags, ResponseListField } from '@/platform/openapi/index.js';
import { SigningKeys } from './signing-keys.js';

@ApiSchema({ name: 'JwksResponse' })
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
    description: 'Empty if tokens are signed with a shared secret (HS256), the default.',
    response: JwksResponse,
  })
  getJwks(): JwksResponse {
    return this.signingKeys.toJwks();
  }
}
