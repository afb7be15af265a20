import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { UserProfileRow, XcUserRow } from '../persistence/user.repository.js';
import { UserProfileResponse } from './user-profile.response.js';
import { XcUserResponse } from './xc-user.response.js';

const CREATED_AT = new Date('2026-01-02T03:04:05.678Z');
const UPDATED_AT = new Date('2026-02-03T04:05:06.789Z');
const ORGANIZATION_ID = 'organization' as OrganizationId;

const profile: UserProfileRow = {
  id: 'user',
  username: 'ada',
  username_is_derived: false,
  public_profile: true,
  email: 'ada@example.com',
  email_verified_at: null,
  first_name: 'Ada',
  last_name: 'Lovelace',
  nickname: null,
  avatar_url: null,
  phone_number: null,
  language: 'en',
  timezone: 'UTC',
  is_active: true,
  is_first: false,
  home_organization_id: ORGANIZATION_ID,
  primary_organization_id: null,
  last_login_at: null,
  created_at: CREATED_AT,
  updated_at: UPDATED_AT,
  two_factor_method: null,
  organization_id: ORGANIZATION_ID,
  role: 'admin',
};

/** A row as the database returns it: with columns that no response may contain. */
const SECRETS = {
  password_hash: '$2b$secret',
  must_change_password: true,
  keys_suspended_at: CREATED_AT,
};

describe('UserProfileResponse.from', () => {
  it('returns the fields of the API and no other column of the row', () => {
    expect(UserProfileResponse.from({ ...profile, ...SECRETS } as UserProfileRow, false)).toEqual({
      id: 'user',
      username: 'ada',
      email: 'ada@example.com',
      email_verified: false,
      full_name: 'Ada Lovelace',
      nickname: null,
      avatar_url: null,
      role: 'admin',
      is_super_admin: false,
      language: 'en',
      timezone: 'UTC',
      public_profile: true,
      organization_id: ORGANIZATION_ID,
      is_active: true,
      two_factor_enabled: false,
      created_at: '2026-01-02T03:04:05.678Z',
      updated_at: '2026-02-03T04:05:06.789Z',
    });
  });

  it('returns member and no organization for a user without one', () => {
    const row = { ...profile, role: null, organization_id: null };
    expect(UserProfileResponse.from(row, true)).toMatchObject({
      role: 'member',
      organization_id: null,
      is_super_admin: true,
    });
  });

  it('returns null instead of an empty full name', () => {
    expect(
      UserProfileResponse.from({ ...profile, first_name: '', last_name: '' }, false).full_name,
    ).toBeNull();
  });

  it.each(['totp', 'email'] as const)('reports the method %s as an enabled second factor', (method) => {
    const row = { ...profile, two_factor_method: method, email_verified_at: CREATED_AT };
    expect(UserProfileResponse.from(row, false)).toMatchObject({
      two_factor_enabled: true,
      email_verified: true,
    });
  });
});

describe('XcUserResponse.from', () => {
  const organization = {
    id: ORGANIZATION_ID,
    name: 'Acme',
    slug: 'acme',
    settings: { theme: 'dark' },
    address: 'Street 1',
    phone_number: '+49',
    tax_id: 'DE1',
    billing_email: 'billing@example.com',
    enforce_2fa: false,
    created_at: '2026-01-02T03:04:05.678+00:00',
  };
  const row: XcUserRow = { ...profile, email_preferences: {}, organization };

  it('returns the fields of the API and no other column of the row', () => {
    expect(XcUserResponse.from({ ...row, ...SECRETS } as XcUserRow, true)).toEqual({
      id: 'user',
      email: 'ada@example.com',
      first_name: 'Ada',
      last_name: 'Lovelace',
      phone_number: null,
      role: 'admin',
      is_active: true,
      email_verified: false,
      is_super_admin: true,
      two_factor_enabled: false,
      two_factor_method: null,
      oauth_provider: null,
      email_preferences: { usage_billing: true, ai_studio: true, system_alerts: true },
      created_at: '2026-01-02T03:04:05.678Z',
      last_login_at: null,
      organization: {
        ...organization,
        byok_enabled: false,
        has_anthropic_key: false,
        has_deepseek_key: false,
        has_google_key: false,
        created_at: '2026-01-02T03:04:05.678Z',
      },
    });
  });

  it.each([
    ['owner', 'admin'],
    ['admin', 'admin'],
    ['team_manager', 'member'],
    ['member', 'member'],
    [null, 'member'],
  ] as const)('shows the role %s as %s', (role, xcRole) => {
    expect(XcUserResponse.from({ ...row, role }, false).role).toBe(xcRole);
  });

  it('returns null for empty names and for a missing organization', () => {
    const empty = { ...row, first_name: '', last_name: '', organization: null };
    expect(XcUserResponse.from(empty, false)).toMatchObject({
      first_name: null,
      last_name: null,
      organization: null,
    });
  });

  it('keeps the chosen e-mail preferences and switches on the others', () => {
    const chosen = { ...row, email_preferences: { ai_studio: false } };
    expect(XcUserResponse.from(chosen, false).email_preferences).toEqual({
      usage_billing: true,
      ai_studio: false,
      system_alerts: true,
    });
  });

  it('returns times in UTC with milliseconds', () => {
    expect(XcUserResponse.from({ ...row, last_login_at: UPDATED_AT }, false).last_login_at).toBe(
      '2026-02-03T04:05:06.789Z',
    );
  });
});
