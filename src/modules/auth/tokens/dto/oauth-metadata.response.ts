import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'OAuthMetadata' })
export class OAuthMetadataResponse {
  @ResponseField('string', 'https://auth.example.com')
  issuer!: string;

  @ResponseField('string', 'https://auth.example.com/api/auth/token')
  token_endpoint!: string;

  @ResponseField('string', 'https://auth.example.com/.well-known/jwks.json')
  jwks_uri!: string;

  @ResponseListField('string', ['password', 'two_factor', 'refresh_token'])
  grant_types_supported!: string[];

  @ResponseListField('string', [], 'Empty: there is no authorization endpoint.')
  response_types_supported!: string[];

  @ResponseListField('string', ['none'], 'Clients have no credentials.')
  token_endpoint_auth_methods_supported!: string[];

  static from(issuer: string, baseUrl: string): OAuthMetadataResponse {
    return {
      issuer,
      token_endpoint: `${baseUrl}/api/auth/token`,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      grant_types_supported: ['password', 'two_factor', 'refresh_token'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['none'],
    };
  }
}
