import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { Choice, EmailAddress, Text } from '@/platform/validation/fields.js';

export class CreateInvitationRequest {
  @EmailAddress()
  email!: string;

  @Choice(ROLES, {
    optional: true,
    example: 'member',
    description: 'Below your own, unless you are an owner.',
  })
  role: Role = 'member';
}

export class InvitationTokenQuery {
  @Text({ max: 512, description: 'From the link in the mail.', example: 'k4J0…' })
  token!: string;
}
