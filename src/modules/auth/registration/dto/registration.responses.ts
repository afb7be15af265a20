import { JWT_EXAMPLE } from '@/modules/auth/tokens/dto/token.responses.js';
import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XcRegisterResponse' })
export class XcRegisterResponse {
  @ResponseField('string', JWT_EXAMPLE)
  access_token!: string;

  @ResponseField('string', 'bearer')
  token_type!: 'bearer';

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'Welcome.')
  message!: string;
}

/** The response to a signed-in user who accepted an invitation. */
export class JoinedResponse {
  @ResponseField('string', 'You are a member now.')
  message!: string;

  @ResponseIdField()
  organization_id!: string;

  static from(organizationId: string): JoinedResponse {
    return { message: 'You are a member now.', organization_id: organizationId };
  }
}
