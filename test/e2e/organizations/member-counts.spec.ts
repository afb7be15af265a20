import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('the number of members', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let teamUrl: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    const teamsUrl = `/api/organizations/${owner.organizationId}/teams`;
    const { id } = (
      await expectStatus(201, app.post(teamsUrl, { name: 'Reef' }, { token: owner.accessToken }))
    ).body;
    teamUrl = `${teamsUrl}/${id as string}`;
  });

  const addMembers = async (count: number): Promise<UserWithId[]> => {
    const members: UserWithId[] = [];
    const at = { organizationId: owner.organizationId, by: owner };
    for (let index = 0; index < count; index += 1) members.push(await givenMember(app, at));
    return members;
  };
  const organizationUrl = (): string => `/api/organizations/${owner.organizationId}`;
  const joinTeam = ({ id }: UserWithId): Promise<unknown> =>
    expectStatus(200, app.call('PUT', `${teamUrl}/members/${id}`, { token: owner.accessToken }));
  const remove = ({ id }: UserWithId): Promise<unknown> =>
    expectStatus(204, app.delete(`${organizationUrl()}/members/${id}`, { token: owner.accessToken }));
  const leave = ({ id, accessToken }: UserWithId): Promise<unknown> =>
    expectStatus(204, app.delete(`${organizationUrl()}/members/${id}`, { token: accessToken }));
  const erase = ({ accessToken, password }: UserWithId): Promise<unknown> =>
    expectStatus(204, app.call('DELETE', '/api/auth/me', { token: accessToken, body: { password } }));

  const shownCounts = async (): Promise<unknown[]> => {
    const token = owner.accessToken;
    const { member_count: one } = (await app.get(organizationUrl(), { token })).body;
    const list = (await app.get('/api/organizations', { token })).body as unknown as Record<
      string,
      unknown
    >[];
    const teams = (await app.get(`${organizationUrl()}/teams`, { token })).body as unknown as Record<
      string,
      unknown
    >[];
    return [one, list[0]?.member_count, teams[0]?.member_count];
  };

  it('follows additions, removals, departures and deleted accounts, of the organization and the team', async () => {
    expect(await shownCounts()).toEqual([1, 1, 0]);
    const members = await addMembers(4);
    for (const member of members) await joinTeam(member);
    expect(await shownCounts()).toEqual([5, 5, 4]);
    const [removed, departed, erased] = members as [UserWithId, UserWithId, UserWithId, UserWithId];
    await remove(removed);
    expect(await shownCounts()).toEqual([4, 4, 3]);
    await leave(departed);
    expect(await shownCounts()).toEqual([3, 3, 2]);
    await erase(erased);
    expect(await shownCounts()).toEqual([2, 2, 1]);
  });

  it('does not change when a member joins a team twice, or is added twice', async () => {
    const [member] = (await addMembers(1)) as [UserWithId];
    await joinTeam(member);
    await joinTeam(member);
    const body = { user_id: member.id, role: 'member' };
    await expectStatus(409, app.post(`${organizationUrl()}/members`, body, { token: owner.accessToken }));
    expect(await shownCounts()).toEqual([2, 2, 1]);
  });

  it('is exact after concurrent changes', async () => {
    const members = await addMembers(6);
    await inParallel(6, async (index) => {
      const member = members[index] as UserWithId;
      await joinTeam(member);
      if (index < 3) await [remove, leave, erase][index]?.(member);
    });
    expect(await shownCounts()).toEqual([4, 4, 3]);
    const wrong = await app.sql(
      `SELECT o.id FROM organizations o
       WHERE member_count <> (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id)
       UNION ALL
       SELECT t.id FROM teams t
       WHERE member_count <> (SELECT count(*) FROM team_members m WHERE m.team_id = t.id)`,
    );
    expect(wrong).toEqual([]);
  });
});
