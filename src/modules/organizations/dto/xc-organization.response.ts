import { ResponseField, ResponseIdField, ResponseTimestampField } from '@/platform/openapi/index.js';
import type { Organization } from '../persistence/organization.entity.js';

/** The columns of an organization; `created_at` is a string when the row was read as JSON. */
export interface XcOrganizationRow extends Pick<
  Organization,
  'name' | 'slug' | 'settings' | 'address' | 'phone_number' | 'tax_id' | 'billing_email' | 'enforce_2fa'
> {
  id: string;
  created_at: Date | string;
}

/** An organization in the XC API. It shows which provider keys exist, and never the keys themselves. */
export class XcOrganizationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Acme Learning')
  name!: string;

  @ResponseField('string', 'acme-learning')
  slug!: string;

  @ResponseField('object', {})
  settings!: Record<string, unknown>;

  @ResponseField('string', null, { nullable: true })
  address!: string | null;

  @ResponseField('string', null, { nullable: true })
  phone_number!: string | null;

  @ResponseField('string', null, { nullable: true })
  tax_id!: string | null;

  @ResponseField('string', null, { nullable: true })
  billing_email!: string | null;

  @ResponseField('boolean', false)
  byok_enabled!: boolean;

  @ResponseField('boolean', false)
  has_anthropic_key!: boolean;

  @ResponseField('boolean', false)
  has_deepseek_key!: boolean;

  @ResponseField('boolean', false)
  has_google_key!: boolean;

  @ResponseField('boolean', false)
  enforce_2fa!: boolean;

  @ResponseTimestampField()
  created_at!: string;

  /** Returns the parts that a member may read before they use the second factor that the organization requires. */
  static redacted(organization: XcOrganizationResponse): XcOrganizationResponse {
    return {
      ...organization,
      settings: {},
      address: null,
      phone_number: null,
      tax_id: null,
      billing_email: null,
    };
  }

  static from(row: XcOrganizationRow): XcOrganizationResponse {
    return {
      id: row.id,
      name: row.name,
      slug: row.slug,
      settings: row.settings,
      address: row.address,
      phone_number: row.phone_number,
      tax_id: row.tax_id,
      billing_email: row.billing_email,
      byok_enabled: false,
      has_anthropic_key: false,
      has_deepseek_key: false,
      has_google_key: false,
      enforce_2fa: row.enforce_2fa,
      created_at: new Date(row.created_at).toISOString(),
    };
  }
}
