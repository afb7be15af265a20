import { type Role, ROLES } from '@/modules/organizations/index.js';
import { XcUserReadOnlyFields } from '@/modules/users/index.js';
import { Choice, EmailAddress, Flag, ReadOnly, Text } from '@/platform/validation/fields.js';

const NAME = { optional: true, trim: true, min: 0, max: 120 };
const NEW_PASSWORD = { min: 8, max: 128, example: 'otters juggle nine lanterns' };

export class CreateUserRequest {
  @EmailAddress()
  email!: string;

  @Text({
    ...NEW_PASSWORD,
    optional: true,
    description:
      'Must be replaced at the first login. Without it the account waits for its owner to set one.',
  })
  password?: string;

  @Choice(ROLES, { optional: true, example: 'member' })
  role: Role = 'member';

  @Text({ ...NAME, example: 'Ada' })
  first_name = '';

  @Text({ ...NAME, example: 'Lovelace' })
  last_name = '';
}

/** A partial update of somebody else's account; an absent field stays as it is. */
export class UpdateUserRequest extends XcUserReadOnlyFields {
  @EmailAddress({ optional: true })
  email?: string;

  @Text({ ...NAME, nullable: true, example: 'Ada' })
  first_name?: string | null;

  @Text({ ...NAME, nullable: true, example: 'Lovelace' })
  last_name?: string | null;

  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 40, example: '+49 30 1234567' })
  phone_number?: string | null;

  @Text({ optional: true, nullable: true, max: 1024, description: 'Your own; checked when it is given.' })
  current_password?: string | null;

  @Text({ ...NEW_PASSWORD, optional: true, description: 'Must be replaced at the next login.' })
  password?: string;

  @Choice(ROLES, { optional: true, example: 'admin' })
  role?: Role;

  @Flag({ optional: true, description: 'False closes the account and everything that acts for it.' })
  is_active?: boolean;

  @ReadOnly()
  email_preferences?: unknown;
}

export class AcceptInvitationRequest {
  @Text({ max: 512, description: 'From the link in the mail.', example: 'k4J0…' })
  token!: string;

  @Text({ ...NEW_PASSWORD, optional: true, description: 'For a new account.' })
  password?: string;

  @Text({ ...NAME, example: 'Grace' })
  first_name = '';

  @Text({ ...NAME, example: 'Hopper' })
  last_name = '';
}
