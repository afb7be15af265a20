import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { MemberRow } from '../persistence/membership.repository.js';
import { MemberResponse } from './member.response.js';

const row: MemberRow = {
  user_id: 'user',
  username: 'ada',
  email: 'ada@example.com',
  role: 'member',
  organization_id: 'organization' as OrganizationId,
  joined_at: new Date('2026-01-02T03:04:05.678Z'),
  teams: null,
};

describe('MemberResponse.from', () => {
  it('returns an empty list and no team id for a member without teams', () => {
    expect(MemberResponse.from(row)).toEqual({
      user_id: 'user',
      username: 'ada',
      email: 'ada@example.com',
      role: 'member',
      organization_id: 'organization',
      team_id: null,
      teams: [],
      joined_at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('returns the first of several teams as team_id and keeps their order', () => {
    const teams = [
      { id: 'z', name: 'Zürich' },
      { id: 'a', name: 'Amsterdam' },
    ];
    expect(MemberResponse.from({ ...row, teams })).toMatchObject({ team_id: 'z', teams });
  });
});
