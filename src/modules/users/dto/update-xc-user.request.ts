import { ApiSchema } from '@/platform/openapi/index.js';
import { BooleanField, ReadOnlyField, TextField, ObjectField } from '@/platform/validation/index.js';
import { XcUserReadOnlyFields } from './xc-user-read-only-fields.js';

@ApiSchema({ name: 'EmailPreferencesRequest' })
class EmailPreferencesRequest {
  @BooleanField({ optional: true })
  usage_billing?: boolean;

  @BooleanField({ optional: true })
  ai_studio?: boolean;

  @BooleanField({ optional: true })
  system_alerts?: boolean;
}

/** A partial update of the caller's own account in the XC API. */
export class UpdateXcUserRequest extends XcUserReadOnlyFields {
  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 120, example: 'Ada' })
  first_name?: string | null;

  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 120, example: 'Lovelace' })
  last_name?: string | null;

  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 40, example: '+49 30 1234567' })
  phone_number?: string | null;

  @TextField({ optional: true, max: 1024, description: 'Required with `password`.' })
  current_password?: string;

  @TextField({ optional: true, min: 8, max: 128 })
  password?: string;

  @ObjectField(() => EmailPreferencesRequest, { optional: true })
  email_preferences?: EmailPreferencesRequest;

  @ReadOnlyField()
  email?: unknown;

  @ReadOnlyField()
  role?: unknown;

  @ReadOnlyField()
  is_active?: unknown;
}
