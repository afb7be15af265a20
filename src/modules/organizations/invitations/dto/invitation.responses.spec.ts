import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { InvitationRow } from '../persistence/invitation.repository.js';
import { InvitationResponse, InvitationValidity } from './invitation.responses.js';

const row: InvitationRow = {
  id: 'invitation',
  organization_id: 'organization' as OrganizationId,
  email: 'grace@example.com',
  role: 'member',
  status: 'pending',
  token_hash: Buffer.from('secret'),
  invited_by: 'admin',
  accepted_by: null,
  created_at: new Date('2026-01-02T03:04:05.678Z'),
  expires_at: new Date('2026-01-09T03:04:05.678Z'),
  accepted_at: null,
  invited_by_email: 'ada@example.com',
};

describe('InvitationResponse.from', () => {
  it('returns no token hash and no user id', () => {
    expect(InvitationResponse.from(row)).toEqual({
      id: 'invitation',
      email: 'grace@example.com',
      role: 'member',
      status: 'pending',
      invited_by_email: 'ada@example.com',
      created_at: '2026-01-02T03:04:05.678Z',
      expires_at: '2026-01-09T03:04:05.678Z',
      accepted_at: null,
    });
  });

  it('returns the time of acceptance, and null for an inviter whose account was deleted', () => {
    const accepted = {
      ...row,
      status: 'accepted' as const,
      accepted_at: new Date('2026-01-03T00:00:00Z'),
      invited_by_email: null,
    };
    expect(InvitationResponse.from(accepted)).toMatchObject({
      status: 'accepted',
      accepted_at: '2026-01-03T00:00:00.000Z',
      invited_by_email: null,
    });
  });
});

describe('InvitationValidity.from', () => {
  it('describes a valid invitation without its ids', () => {
    const details = {
      id: 'invitation',
      organization_id: 'organization' as OrganizationId,
      organization_name: 'Acme',
      email: 'grace@example.com',
      role: 'admin' as const,
      inviter_role: 'owner' as const,
    };
    expect(InvitationValidity.from(details)).toEqual({
      email: 'grace@example.com',
      organization_name: 'Acme',
      role: 'admin',
      is_valid: true,
    });
  });

  it('reveals nothing about any other token', () => {
    expect(InvitationValidity.from(undefined)).toEqual({
      email: null,
      organization_name: null,
      role: null,
      is_valid: false,
    });
  });
});
