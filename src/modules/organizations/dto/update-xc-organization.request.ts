import {
  EmailField,
  BooleanField,
  JsonObjectField,
  NameField,
  ReadOnlyField,
  TextField,
} from '@/platform/validation/index.js';

/** A partial update in the XC API: an absent field keeps its value. */
export class UpdateXcOrganizationRequest {
  @NameField({ optional: true, max: 120, example: 'Acme Learning' })
  name?: string;

  @JsonObjectField({ optional: true, maxBytes: 16_384, example: { theme: 'dark' } })
  settings?: Record<string, unknown>;

  @TextField({ optional: true, nullable: true, min: 0, max: 500 })
  address?: string | null;

  @TextField({ optional: true, nullable: true, min: 0, max: 40 })
  phone_number?: string | null;

  @TextField({ optional: true, nullable: true, min: 0, max: 60 })
  tax_id?: string | null;

  @EmailField({ optional: true, nullable: true })
  billing_email?: string | null;

  @BooleanField({
    optional: true,
    description: 'Setting this to true requires a session that used a second factor.',
  })
  enforce_2fa?: boolean;

  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  slug?: unknown;

  @ReadOnlyField()
  byok_enabled?: unknown;

  @ReadOnlyField()
  has_anthropic_key?: unknown;

  @ReadOnlyField()
  has_deepseek_key?: unknown;

  @ReadOnlyField()
  has_google_key?: unknown;

  @ReadOnlyField()
  created_at?: unknown;
}
