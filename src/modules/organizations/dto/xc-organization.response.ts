import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import type { Organization } from '../persistence/organization.entity.js';

/** The organization as the XC face shows it. Provider keys are never shown, only whether they are there. */
export class XcOrganizationResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'Acme Learning')
  name!: string;

  @Shows('string', 'acme-learning')
  slug!: string;

  @Shows('object', {})
  settings!: Record<string, unknown>;

  @Shows('string', null, { nullable: true })
  address!: string | null;

  @Shows('string', null, { nullable: true })
  phone_number!: string | null;

  @Shows('string', null, { nullable: true })
  tax_id!: string | null;

  @Shows('string', null, { nullable: true })
  billing_email!: string | null;

  @Shows('boolean', false)
  byok_enabled!: boolean;

  @Shows('boolean', false)
  has_anthropic_key!: boolean;

  @Shows('boolean', false)
  has_deepseek_key!: boolean;

  @Shows('boolean', false)
  has_google_key!: boolean;

  @Shows('boolean', false)
  enforce_2fa!: boolean;

  @ShowsInstant()
  created_at!: string;

  /** What somebody may know of an organization they may not enter: which one it is, and why not. */
  static closed(organization: XcOrganizationResponse): XcOrganizationResponse {
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
    const keys = {
      byok_enabled: false,
      has_anthropic_key: false,
      has_deepseek_key: false,
      has_google_key: false,
    };
    const created = new Date(created_at).toISOString();
    return {
      id,
      name,
      slug,
      settings,
      address,
      phone_number,
      tax_id,
      billing_email,
      ...keys,
      enforce_2fa,
      created_at: created,
    };
  }
}
