import { ProgressRebuildService } from '@/modules/progress/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { record } from '@test/support/progress/learners.js';
import {
  dayBefore,
  freezeAtNoon,
  letMembersHaveJoinedBefore,
  readStats,
  requestStats,
} from '@test/support/progress/statistics.js';

describe('the statistics of a member', () => {
  let app: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    freezeAtNoon(app);
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const join = (user: UserWithId): Promise<unknown> => {
    const membership = { organizationId: owner.organizationId, by: owner };
    return expectStatus(201, addOrganizationMember(app, membership, { user_id: user.id, role: 'member' }));
  };
  const leave = ({ id }: UserWithId): Promise<unknown> =>
    expectStatus(
      204,
      app.delete(`/api/organizations/${owner.organizationId}/members/${id}`, { token: owner.accessToken }),
    );
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
  const totals = async (): Promise<any> => (await readStats(app, owner, '/')).totals;
  const ago = (seconds: number): Date => new Date(app.clock.millis() - seconds * 1000);
  const storedDays = (): Promise<object[]> =>
    app.sql('SELECT to_jsonb(d) AS day FROM member_days d ORDER BY organization_id, user_id, utc_day');

  it('begin when they join: earlier deeds do not count, and a session counts from then on', async () => {
    const ada = await givenUserWithId(app);
    await record(app, ada);
    const earlier = ago(60);
    app.clock.advance(1);
    await join(ada);
    await record(app, ada, { type: 'review.done', data: {}, occurredAt: earlier });
    expect(await totals()).toMatchObject({ members: 2, active_members: 0, xp: 0, tasks_completed: 0 });
    app.clock.advance(100);
    await record(app, ada, { type: 'conversation.session.ended', seconds: 3600, data: {} });
    await record(app, ada, { type: 'live.session.ended', seconds: 90, data: {} });
    expect(await totals()).toMatchObject({ active_members: 1, seconds: 100, live_seconds: 90, sessions: 1 });
    app.clock.advance(-101);
  });

  it('count sessions at the same time once', async () => {
    const ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await letMembersHaveJoinedBefore(app);
    const session = (seconds: number, occurredAt: Date) =>
      record(app, ada, { type: 'conversation.session.ended', seconds, occurredAt, data: {} });
    await session(600, ago(0));
    await session(600, ago(300));
    await session(60, ago(400));
    expect(await totals()).toMatchObject({ seconds: 900, sessions: 3, live_seconds: 0 });
  });

  it('end when they leave, and begin again when they join again', async () => {
    const ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await record(app, ada);
    expect(await totals()).toMatchObject({ members: 2, tasks_completed: 1 });
    await leave(ada);
    expect(await totals()).toMatchObject({ members: 1, active_members: 0, xp: 0, tasks_completed: 0 });
    const refused = await requestStats(app, owner, `/users/${ada.id}`);
    expect(statusAndCode(refused)).toEqual([404, 'member_not_found']);
    await record(app, ada);
    app.clock.advance(1);
    await join(ada);
    expect(await totals()).toMatchObject({ members: 2, active_members: 0, tasks_completed: 0 });
    await record(app, ada);
    expect(await totals()).toMatchObject({ active_members: 1, tasks_completed: 1 });
    app.clock.advance(-1);
  });

  it('are those of each of their organizations, each since joining it', async () => {
    const first = owner;
    const ada = await givenMember(app, { organizationId: first.organizationId, by: first });
    await record(app, ada);
    app.clock.advance(1);
    owner = await givenOwnerWithId(app);
    await join(ada);
    await record(app, ada);
    expect(await totals()).toMatchObject({ tasks_completed: 1 });
    owner = first;
    expect(await totals()).toMatchObject({ tasks_completed: 2 });
    app.clock.advance(-1);
  });

  it('use UTC days, whatever the zone of the member and the changes of its clocks', async () => {
    const ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await letMembersHaveJoinedBefore(app);
    await app.sql(`UPDATE memberships SET joined_at = '2025-01-01' WHERE user_id = $1`, [ada.id]);
    await app.sql(`UPDATE users SET timezone = 'America/Havana' WHERE id = $1`, [ada.id]);
    // In Havana the clocks went forward at midnight of 2025-03-09, and back an hour after midnight of 2025-11-02.
    const instants = [
      '03-08T23:59:59.999Z',
      '03-09T00:00:00Z',
      '03-09T04:59:59Z',
      '03-09T23:59:59Z',
      '03-10T00:00:00Z',
    ];
    for (const instant of [...instants, '11-02T04:30:00Z', '11-02T05:30:00Z', '11-02T23:30:00Z'])
      await record(app, ada, { occurredAt: new Date(`2025-${instant}`) });
    const spring = await readStats(app, owner, '/', { start_date: '2025-03-08', end_date: '2025-03-10' });
    const tasks = ({ by_day }: { by_day: { date: string; tasks_completed: number }[] }) =>
      by_day.map(({ date, tasks_completed }) => [date, tasks_completed]);
    expect(tasks(spring)).toEqual([
      ['2025-03-08', 1],
      ['2025-03-09', 3],
      ['2025-03-10', 1],
    ]);
    const autumn = await readStats(app, owner, '/', { start_date: '2025-11-01', end_date: '2025-11-03' });
    expect(tasks(autumn)).toEqual([
      ['2025-11-01', 0],
      ['2025-11-02', 3],
      ['2025-11-03', 0],
    ]);
  });

  it('are whole in every answer while the members learn', async () => {
    const membership = { organizationId: owner.organizationId, by: owner };
    const members = await inParallel(4, () => givenMember(app, membership));
    const learning = inParallel(40, (index) =>
      record(app, members[index % 4] ?? owner, { type: 'review.done', data: {} }),
    );
    const answers = await inParallel(10, () => readStats(app, owner, '/'));
    await learning;
    for (const { totals: sums, by_day, members: rows } of [...answers, await readStats(app, owner, '/')]) {
      const xp = (list: { xp: number }[]): number => list.reduce((sum, row) => sum + row.xp, 0);
      expect([xp(by_day), xp(rows)]).toEqual([sums.xp, sums.xp]);
    }
    const [ledger] = await app.sql<{ xp: number }>(
      `SELECT sum(amount)::int AS xp FROM xp_ledger WHERE currency = 'xp' AND user_id = ANY($1::uuid[])`,
      [members.map(({ id }) => id)],
    );
    expect((await totals()).xp).toBe(ledger?.xp);
  });

  it('end also when they leave while they learn', async () => {
    const ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const learning = inParallel(20, () => record(app, ada, { type: 'review.done', data: {} }));
    await Promise.all([learning, leave(ada)]);
    const rows = await app.sql('SELECT * FROM member_days WHERE user_id = $1', [ada.id]);
    expect(rows).toEqual([]);
    const [events] = await app.sql<{ count: number }>(
      `SELECT count(*)::int FROM learning_events WHERE user_id = $1 AND type = 'review.done'`,
      [ada.id],
    );
    expect(events?.count).toBe(20);
  });

  it('are rebuilt from the events, and what was different is reported', async () => {
    const ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await letMembersHaveJoinedBefore(app);
    await record(app, ada);
    await record(app, ada, { type: 'live.session.ended', seconds: 120, data: {}, occurredAt: ago(86_400) });
    const before = await storedDays();
    const service = app.nest.get(ProgressRebuildService);
    expect(await service.rebuild(ada.id)).toEqual([]);
    await app.sql(`UPDATE member_days SET xp = 999 WHERE user_id = $1 AND utc_day = $2::date`, [
      ada.id,
      dayBefore(app, 0),
    ]);
    await app.sql(`DELETE FROM member_days WHERE user_id = $1 AND utc_day = $2::date`, [
      ada.id,
      dayBefore(app, 1),
    ]);
    await app.sql(
      `INSERT INTO member_days SELECT organization_id, user_id, '2020-02-29', 1, 1, 1, 1, 1, 1 FROM member_days WHERE user_id = $1`,
      [ada.id],
    );
    const differences = await service.rebuild(ada.id);
    const [utc_day, yesterday] = [dayBefore(app, 0), dayBefore(app, 1)];
    expect(differences).toMatchObject([
      { user_id: ada.id, field: 'member_days', stored: { utc_day: '2020-02-29' }, rebuilt: null },
      { stored: null, rebuilt: { utc_day: yesterday, live_seconds: 120 } },
      { stored: { utc_day, xp: 999 }, rebuilt: { utc_day, organization_id: owner.organizationId } },
    ]);
    expect(await storedDays()).toEqual(before);
  });

  it('are deleted with the account and with the organization', async () => {
    const membership = { organizationId: owner.organizationId, by: owner };
    const [ada, bob] = [await givenMember(app, membership), await givenMember(app, membership)];
    await record(app, ada);
    await record(app, bob);
    const counted = async (): Promise<number> =>
      (await app.sql('SELECT 1 FROM member_days WHERE organization_id = $1', [owner.organizationId])).length;
    await expectStatus(
      204,
      app.call('DELETE', '/api/auth/me', { token: ada.accessToken, body: { password: ada.password } }),
    );
    expect([await counted(), (await totals()).members]).toEqual([1, 2]);
    const call = { token: owner.accessToken };
    await expectStatus(204, app.delete(`/api/organizations/${owner.organizationId}`, call));
    expect(await counted()).toBe(0);
  });
});
