import {
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/response-fields.js';
import type { Organization } from '../persistence/organization.entity.js';

/** The organization as the XC face shows it. Provider keys are never shown, only whether they are there. */
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

  /** What somebody may know of an organization they may not enter: which one it is, and why not. */
  static redacted(organization: XcOrganizationResponse): XcOrganizationResponse {
    const hidden = { settings: {}, address: null, phone_number: null, tax_id: null, billing_email: null };
    return { ...organization, ...hidden };
  }

  static from(row: Organization): XcOrganizationResponse {
    const {
      id,
      name,
      slug,
      settings,
      address,
      phone_number,
      tax_id,
      billing_email,
      enforce_2fa,
      created_at,
    } = row;
    const providerKeys = {
      byok_enabled: false,
      has_anthropic_key: false,
      has_deepseek_key: false,
      has_google_key: false,
    };
    const createdAt = new Date(created_at).toISOString();
    return {
      id,
      name,
      slug,
      settings,
      address,
      phone_number,
      tax_id,
      billing_email,
      ...providerKeys,
      enforce_2fa,
      created_at: createdAt,
    };
  }
}
