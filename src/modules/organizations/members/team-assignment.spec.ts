import fc from 'fast-check';
import type { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import type { TeamsService } from '../teams/teams.service.js';
import type { TeamMemberRepository } from './persistence/team-member.repository.js';
import { TeamAssignment } from './team-assignment.js';

const ORGANIZATION_ID = 'organization' as OrganizationId;
const TEAMS = ['a', 'b', 'c'];

/** The teams of one user, in memory. */
class TeamMembersInMemory implements Pick<
  TeamMemberRepository,
  'add' | 'remove' | 'removeFromOtherTeams' | 'exists'
> {
  constructor(readonly teamIds: Set<string>) {}

  add(_organization: OrganizationId, teamId: string): Promise<boolean> {
    const added = !this.teamIds.has(teamId);
    this.teamIds.add(teamId);
    return Promise.resolve(added);
  }

  remove(_organization: OrganizationId, teamId: string): Promise<boolean> {
    return Promise.resolve(this.teamIds.delete(teamId));
  }

  removeFromOtherTeams(_organization: OrganizationId, _user: string, kept: string | null): Promise<string[]> {
    const removed = [...this.teamIds].filter((id) => id !== kept);
    for (const id of removed) this.teamIds.delete(id);
    return Promise.resolve(removed);
  }

  exists(_organization: OrganizationId, teamId: string): Promise<boolean> {
    return Promise.resolve(this.teamIds.has(teamId));
  }
}

function given(teamIds: string[]): { teamAssignment: TeamAssignment; teams: Set<string> } {
  const members = new TeamMembersInMemory(new Set(teamIds));
  const teams: Pick<TeamsService, 'assertExists'> = {
    assertExists: (_organization, teamId) =>
      TEAMS.includes(teamId) ? Promise.resolve() : Promise.reject(organizationErrors.team_not_found()),
  };
  const clock: Pick<Clock, 'now'> = { now: () => new Date(0) };
  const teamAssignment = new TeamAssignment(
    teams as TeamsService,
    members as unknown as TeamMemberRepository,
    clock as Clock,
  );
  return { teamAssignment, teams: members.teamIds };
}

describe('TeamAssignment.assign', () => {
  it.each<[string[], string | null, string[], object[]]>([
    [[], 'a', ['a'], [{ teamId: 'a', joined: true }]],
    [[], null, [], []],
    [['a'], 'a', ['a'], []],
    [['a', 'b'], 'a', ['a', 'b'], []],
    [['a'], null, [], [{ teamId: 'a', joined: false }]],
    [
      ['a', 'b'],
      'c',
      ['c'],
      [
        { teamId: 'c', joined: true },
        { teamId: 'a', joined: false },
        { teamId: 'b', joined: false },
      ],
    ],
  ])('moves a member of %j to %j', async (before, teamId, after, changes) => {
    const { teamAssignment, teams } = given(before);
    expect(await teamAssignment.assign(ORGANIZATION_ID, 'user', teamId)).toEqual(changes);
    expect([...teams]).toEqual(after);
  });

  it('changes nothing for an unknown team', async () => {
    const { teamAssignment, teams } = given(['a']);
    await expect(teamAssignment.assign(ORGANIZATION_ID, 'user', 'x')).rejects.toMatchObject({
      code: 'team_not_found',
    });
    expect([...teams]).toEqual(['a']);
  });

  it('reports exactly the difference, and nothing when it is repeated', async () => {
    const anyTeam = fc.constantFrom(...TEAMS);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyTeam), fc.option(anyTeam), async (before, teamId) => {
        const { teamAssignment, teams } = given(before);
        const changes = await teamAssignment.assign(ORGANIZATION_ID, 'user', teamId);
        const joined = changes.filter((change) => change.joined).map((change) => change.teamId);
        const left = changes.filter((change) => !change.joined).map((change) => change.teamId);
        expect(joined).toEqual([...teams].filter((id) => !before.includes(id)));
        expect(left).toEqual(before.filter((id) => !teams.has(id)));
        expect(await teamAssignment.assign(ORGANIZATION_ID, 'user', teamId)).toEqual([]);
      }),
    );
  });
});

describe('TeamAssignment.add and remove', () => {
  it('return whether they changed something', async () => {
    const { teamAssignment } = given([]);
    expect(await teamAssignment.add(ORGANIZATION_ID, 'a', 'user')).toBe(true);
    expect(await teamAssignment.add(ORGANIZATION_ID, 'a', 'user')).toBe(false);
    expect(await teamAssignment.isInTeam(ORGANIZATION_ID, 'a', 'user')).toBe(true);
    expect(await teamAssignment.remove(ORGANIZATION_ID, 'a', 'user')).toBe(true);
    expect(await teamAssignment.remove(ORGANIZATION_ID, 'a', 'user')).toBe(false);
    expect(await teamAssignment.isInTeam(ORGANIZATION_ID, 'a', 'user')).toBe(false);
  });
});
