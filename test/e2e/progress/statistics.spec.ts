import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  type OwnerWithId,
  storedAuditEvents,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { record } from '@test/support/progress/learners.js';
import {
  dayBefore,
  freezeAtNoon,
  givenTeam,
  letMembersHaveJoinedBefore,
  readStats,
  requestStats,
  STATS,
} from '@test/support/progress/statistics.js';

const NOTHING = {
  xp: 0,
  seconds: 0,
  live_seconds: 0,
  sessions: 0,
  tasks_completed: 0,
  modules_completed: 0,
};

describe('admin statistics', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let manager: UserWithId;
  let ada: UserWithId;
  let bob: UserWithId;
  let berlin: string;
  let paris: string;

  beforeAll(async () => {
    app = await TestApp.start();
    freezeAtNoon(app);
    owner = await givenOwnerWithId(app);
    const membership = { organizationId: owner.organizationId, by: owner };
    manager = await givenMember(app, membership, 'team_manager');
    ada = await givenMember(app, membership);
    bob = await givenMember(app, membership);
    berlin = await givenTeam(app, owner, 'Berlin', [manager, ada]);
    paris = await givenTeam(app, owner, 'Paris', [bob]);
    await letMembersHaveJoinedBefore(app);
    await record(app, ada);
    await record(app, ada, { type: 'conversation.session.ended', seconds: 1200, data: {} });
    await record(app, ada, { type: 'live.session.ended', seconds: 300, data: {} });
    const hourAgo = new Date(app.clock.millis() - 3_600_000);
    await record(app, bob, { type: 'module.completed', sourceId: 'a1', data: {}, occurredAt: hourAgo });
  });
  afterAll(() => app.stop());

  const today = (): string => dayBefore(app, 0);
  const totals = async (caller: UserWithId, query = {}): Promise<unknown> =>
    (await readStats(app, caller, '/', query)).totals;
  const xpOf = async ({ id }: UserWithId): Promise<number> => {
    const rows = await app.sql<{ xp: number }>(
      `SELECT sum(amount)::int AS xp FROM xp_ledger WHERE user_id = $1 AND currency = 'xp'`,
      [id],
    );
    return rows[0]?.xp ?? 0;
  };

  it('add up what the members did, with definitions, zone and time', async () => {
    const body = await readStats(app, owner, '/');
    expect(body).toMatchObject({
      organization_id: owner.organizationId,
      team_id: null,
      timezone: 'UTC',
      as_of: app.clock.now().toISOString(),
      end_date: today(),
      comparison: null,
      totals: {
        members: 4,
        active_members: 2,
        xp: (await xpOf(ada)) + (await xpOf(bob)),
        seconds: 1200,
        live_seconds: 300,
        sessions: 1,
        tasks_completed: 1,
        modules_completed: 1,
        previous: { active_members: 0, ...NOTHING },
      },
    });
    for (const name of Object.keys(body.totals)) expect(body.definitions[name]).toEqual(expect.any(String));
    expect(body.by_day).toHaveLength(30);
    const { members, previous, ...sums } = body.totals;
    expect(members).toBe(4);
    expect(previous).toEqual({ active_members: 0, ...NOTHING });
    expect(body.by_day.at(-1)).toMatchObject({ date: today(), ...sums });
    expect(body.by_day[0]).toMatchObject({ active_members: 0, ...NOTHING });
    expect(body.members.map(({ username }: UserWithId) => username)).toEqual(
      [owner, manager, ada, bob].map(({ username }) => username),
    );
    expect(body.members[2]).toMatchObject({
      user_id: ada.id,
      active_days: 1,
      xp: await xpOf(ada),
      last_activity: today(),
      teams: ['Berlin'],
      affiliations: [
        { organization_id: owner.organizationId, team_id: berlin, team_name: 'Berlin', role: 'member' },
      ],
    });
    expect(body.members[0]).toMatchObject({
      teams: [],
      affiliations: [{ team_id: null }],
      last_activity: null,
    });
    expect(JSON.stringify(body)).not.toContain('@example.com');
  });

  it('have the same path with and without a slash at the end', async () => {
    const call = { token: owner.accessToken };
    expect((await expectStatus(200, app.get(STATS, call))).body).toEqual(await readStats(app, owner, '/'));
  });

  it('of a team manager have the members of their teams only', async () => {
    const body = await readStats(app, manager, '/');
    expect(body.totals).toMatchObject({ members: 2, active_members: 1, modules_completed: 0 });
    expect(body.members.map(({ user_id }: { user_id: string }) => user_id)).toEqual([manager.id, ada.id]);
    expect(body.totals).toEqual(await totals(manager, { team_id: berlin }));
    expect(await totals(owner, { team_id: berlin })).toEqual(body.totals);
    const { items, total } = await readStats(app, manager, '/progress/members', { sort: 'xp' });
    expect([items.map(({ user_id }: { user_id: string }) => user_id), total]).toEqual([
      [ada.id, manager.id],
      2,
    ]);
    for (const [path, query, code] of [
      ['/', { team_id: paris }, 'team_not_found'],
      [`/users/${ada.id}`, { team_id: paris }, 'team_not_found'],
      [`/users/${bob.id}`, {}, 'member_not_found'],
      ['/', { team_id: berlin, compare_team_id: paris }, 'team_not_found'],
    ] as const)
      expect(statusAndCode(await requestStats(app, manager, path, query))).toEqual([404, code]);
  });

  it('are refused to members, and hidden from everybody else', async () => {
    const outsider = await givenUserWithId(app);
    const organization_id = owner.organizationId;
    for (const [path, query] of [
      ['/', { organization_id }],
      [`/users/${ada.id}`, { organization_id }],
      ['/progress/members', { org_id: organization_id }],
    ] as const) {
      expect(statusAndCode(await requestStats(app, ada, path, query))).toEqual([403, 'role_insufficient']);
      const foreign = await requestStats(app, outsider, path, query);
      expect(statusAndCode(foreign)).toEqual([404, 'organization_not_found']);
      expect(statusAndCode(await requestStats(app, outsider, path))).toEqual([404, 'no_organization']);
      expect((await app.get(`${STATS}${path}`)).status).toBe(401);
    }
  });

  it('of a member are recorded in the audit log, and those that are not found are not', async () => {
    const before = await storedAuditEvents(app, owner.organizationId);
    const body = await readStats(app, manager, `/users/${ada.id}`);
    const { start_date, end_date } = body;
    for (const id of [UNKNOWN_ID, 'me', bob.id])
      expect(statusAndCode(await requestStats(app, manager, `/users/${id}`))).toEqual([
        404,
        'member_not_found',
      ]);
    const recorded = (await storedAuditEvents(app, owner.organizationId)).slice(before.length);
    expect(recorded).toMatchObject([
      {
        action: 'statistics.opened',
        actor_id: manager.id,
        target_id: ada.id,
        details: { start_date, end_date },
      },
    ]);
    expect(body.member).toMatchObject({ user_id: ada.id, xp: await xpOf(ada), tasks_completed: 1 });
    expect(body.by_day.at(-1)).toMatchObject({ date: today(), tasks_completed: 1, seconds: 1200 });
    expect(body.by_day).toHaveLength(30);
  });

  it('have the previous period beside each number', async () => {
    const yesterday = dayBefore(app, 1);
    const occurredAt = new Date(`${yesterday}T23:59:59.999Z`);
    await record(app, bob, { type: 'live.session.ended', seconds: 600, data: {}, occurredAt });
    const body = await readStats(app, owner, '/', { start_date: today(), end_date: today() });
    expect(body).toMatchObject({ previous_start_date: yesterday, previous_end_date: yesterday });
    expect(body.totals).toMatchObject({ tasks_completed: 1, live_seconds: 300, active_members: 2 });
    expect(body.totals.previous).toMatchObject({ tasks_completed: 0, live_seconds: 600, active_members: 1 });
    expect(body.by_day).toMatchObject([{ date: today(), previous: { date: yesterday, live_seconds: 600 } }]);
    expect(body.members[3]).toMatchObject({
      active_days: 1,
      previous: { active_days: 1, live_seconds: 600 },
    });
  });
});
