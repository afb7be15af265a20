import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { OrganizationRow } from '../persistence/organization.repository.js';
import { OrganizationResponse } from './organization.response.js';
import { XcOrganizationResponse } from './xc-organization.response.js';

const row: OrganizationRow = {
  id: 'organization' as OrganizationId,
  name: 'Acme',
  slug: 'acme',
  description: null,
  settings: { theme: 'dark' },
  address: 'Street 1',
  phone_number: '+49 30 1',
  tax_id: 'DE1',
  billing_email: 'billing@example.com',
  enforce_2fa: true,
  transcript_retention_days: 30,
  created_at: new Date('2026-01-02T03:04:05.678Z'),
  updated_at: new Date('2026-02-03T04:05:06.789Z'),
  role: 'team_manager',
  member_count: 3,
};

describe('OrganizationResponse.from', () => {
  it('returns no field of the XC API', () => {
    expect(OrganizationResponse.from(row)).toEqual({
      id: 'organization',
      name: 'Acme',
      slug: 'acme',
      description: null,
      role: 'team_manager',
      member_count: 3,
      enforce_2fa: true,
      transcript_retention_days: 30,
      created_at: '2026-01-02T03:04:05.678Z',
      updated_at: '2026-02-03T04:05:06.789Z',
    });
  });
});

describe('XcOrganizationResponse', () => {
  const response = XcOrganizationResponse.from(row);

  it('returns no field of the Xentree API', () => {
    expect(Object.keys(response)).not.toEqual(
      expect.arrayContaining(['description', 'role', 'member_count', 'updated_at']),
    );
    expect(response).toMatchObject({ settings: { theme: 'dark' }, enforce_2fa: true, tax_id: 'DE1' });
  });

  it.each(['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678+00:00', '2026-01-02T05:04:05.678+02:00'])(
    'normalizes the time %s of a row that was read as JSON',
    (created_at) => {
      expect(XcOrganizationResponse.from({ ...row, created_at }).created_at).toBe(response.created_at);
    },
  );

  it('claims no provider key', () => {
    const { byok_enabled, has_anthropic_key, has_deepseek_key, has_google_key } = response;
    expect([byok_enabled, has_anthropic_key, has_deepseek_key, has_google_key]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('redacts everything except what identifies the organization and its requirement', () => {
    expect(XcOrganizationResponse.redacted(response)).toEqual({
      ...response,
      settings: {},
      address: null,
      phone_number: null,
      tax_id: null,
      billing_email: null,
    });
    expect(response.address).toBe('Street 1');
  });
});
