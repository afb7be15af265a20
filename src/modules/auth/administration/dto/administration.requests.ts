import { NEW_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { type Role, ROLES } from '@/modules/organizations/index.js';
import { XcUserReadOnlyFields } from '@/modules/users/index.js';
import {
  EnumField,
  EmailField,
  BooleanField,
  ReadOnlyField,
  TextField,
} from '@/platform/validation/index.js';

const NAME_OPTIONS = { optional: true, trim: true, min: 0, max: 120 };

export class CreateUserRequest {
  @EmailField({ example: 'grace@example.com' })
  email!: string;

  @TextField({
    ...NEW_PASSWORD_OPTIONS,
    optional: true,
    example: undefined,
    description:
      'Must be replaced at the first login. Without it, the user sets one through the e-mailed link.',
  })
  password?: string;

  @EnumField(ROLES, { optional: true, example: 'member' })
  role: Role = 'member';

  @TextField({ ...NAME_OPTIONS, example: 'Grace' })
  first_name = '';

  @TextField({ ...NAME_OPTIONS, example: 'Hopper' })
  last_name = '';
}

/** A partial update of a user; an absent field stays unchanged. */
export class UpdateUserRequest extends XcUserReadOnlyFields {
  @EmailField({ optional: true })
  email?: string;

  @TextField({ ...NAME_OPTIONS, nullable: true, example: 'Grace' })
  first_name?: string | null;

  @TextField({ ...NAME_OPTIONS, nullable: true, example: 'Hopper' })
  last_name?: string | null;

  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 40, example: '+49 30 1234567' })
  phone_number?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 1024,
    description: 'Your own password. Checked if it is given.',
  })
  current_password?: string | null;

  @TextField({
    ...NEW_PASSWORD_OPTIONS,
    optional: true,
    example: undefined,
    description: 'Must be replaced at the next login.',
  })
  password?: string;

  @EnumField(ROLES, { optional: true, example: 'admin' })
  role?: Role;

  @BooleanField({
    optional: true,
    description: 'False closes the account and disables its sessions, API keys and tokens.',
  })
  is_active?: boolean;

  @ReadOnlyField()
  email_preferences?: unknown;
}
