import { Flag, ReadOnly, Text } from '@/platform/validation/fields.js';
import { Nested } from '@/platform/validation/nested-fields.js';
import { XcUserReadOnlyFields } from './xc-user-read-only-fields.js';

class EmailPreferencesRequest {
  @Flag({ optional: true })
  usage_billing?: boolean;

  @Flag({ optional: true })
  ai_studio?: boolean;

  @Flag({ optional: true })
  system_alerts?: boolean;
}

/** One's own account on the XC face; the password changes with the present one in `current_password`. */
export class UpdateXcUserRequest extends XcUserReadOnlyFields {
  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 120, example: 'Ada' })
  first_name?: string | null;

  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 120, example: 'Lovelace' })
  last_name?: string | null;

  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 40, example: '+49 30 1234567' })
  phone_number?: string | null;

  @Text({ optional: true, max: 1024, description: 'Required with `password`.' })
  current_password?: string;

  @Text({ optional: true, min: 8, max: 128, example: 'a passphrase nobody guesses' })
  password?: string;

  @Nested(() => EmailPreferencesRequest, { optional: true })
  email_preferences?: EmailPreferencesRequest;

  @ReadOnly()
  email?: unknown;

  @ReadOnly()
  role?: unknown;

  @ReadOnly()
  is_active?: unknown;
}
