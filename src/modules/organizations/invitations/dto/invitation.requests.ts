import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { EnumField, EmailField, TextField } from '@/platform/validation/index.js';

export class CreateInvitationRequest {
  @EmailField({ example: 'grace@example.com' })
  email!: string;

  @EnumField(ROLES, {
    optional: true,
    example: 'member',
    description: 'Must be lower than your own role, unless you are an owner.',
  })
  role: Role = 'member';
}

export class InvitationTokenQuery {
  @TextField({ max: 512, description: 'The token of the link in the mail.', example: 'k4J0…' })
  token!: string;
}
