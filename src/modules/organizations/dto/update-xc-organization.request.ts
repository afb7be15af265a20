import { EmailAddress, Flag, FreeForm, Name, ReadOnly, Text } from '@/platform/validation/fields.js';

/** A partial update on the XC face; an absent field stays as it is. */
export class UpdateXcOrganizationRequest {
  @Name({ optional: true, max: 120, example: 'Acme Learning' })
  name?: string;

  @FreeForm({ optional: true, maxBytes: 16_384, example: { theme: 'dark' } })
  settings?: Record<string, unknown>;

  @Text({ optional: true, nullable: true, min: 0, max: 500 })
  address?: string | null;

  @Text({ optional: true, nullable: true, min: 0, max: 40 })
  phone_number?: string | null;

  @Text({ optional: true, nullable: true, min: 0, max: 60 })
  tax_id?: string | null;

  @EmailAddress({ optional: true, nullable: true })
  billing_email?: string | null;

  @Flag({ optional: true, description: 'Switching this on needs a second factor in the present session.' })
  enforce_2fa?: boolean;

  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  slug?: unknown;

  @ReadOnly()
  byok_enabled?: unknown;

  @ReadOnly()
  has_anthropic_key?: unknown;

  @ReadOnly()
  has_deepseek_key?: unknown;

  @ReadOnly()
  has_google_key?: unknown;

  @ReadOnly()
  created_at?: unknown;
}
