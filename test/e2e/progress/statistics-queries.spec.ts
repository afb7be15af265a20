import { newId } from '@/platform/kernel/ids.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  type OwnerWithId,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { record } from '@test/support/progress/learners.js';
import {
  dayBefore,
  freezeAtNoon,
  letMembersHaveJoinedBefore,
  readStats,
  requestStats,
  STATS,
} from '@test/support/progress/statistics.js';

const MEMBERS = '/progress/members';

describe('queries of statistics', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let people: UserWithId[];

  beforeAll(async () => {
    app = await TestApp.start();
    freezeAtNoon(app);
    owner = await givenOwnerWithId(app);
    const ids = Array.from({ length: 24 }, () => newId());
    await app.sql(
      `WITH made AS (
         INSERT INTO users (id, username, email, first_name, created_at, updated_at)
         SELECT id, 'person' || n, n || '@example.com', 'Person ' || lpad(n::text, 2, '0'), now(), now()
         FROM unnest($1::uuid[]) WITH ORDINALITY AS ids (id, n) RETURNING id, username)
       INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
       SELECT id, $2, id, 'member', false, $3::timestamptz + make_interval(secs => substr(username, 7)::int) FROM made`,
      [ids, owner.organizationId, app.clock.now()],
    );
    await letMembersHaveJoinedBefore(app);
    people = ids.map((id) => ({ id }) as UserWithId);
    const learn = (index: number, days: number, seconds: number) =>
      record(app, people[index] ?? owner, {
        type: 'conversation.session.ended',
        occurredAt: new Date(app.clock.millis() - days * 86_400_000),
        seconds,
        data: {},
      });
    await learn(3, 5, 600);
    await learn(4, 2, 1200);
    await learn(4, 1, 60);
    await learn(7, 40, 1800);
  });
  afterAll(() => app.stop());

  const list = async (query: Record<string, string | number>): Promise<number[]> => {
    const { items } = await readStats(app, owner, MEMBERS, query);
    return (items as { user_id: string }[]).map(({ user_id }) =>
      people.findIndex(({ id }) => id === user_id),
    );
  };

  it('sort members by name and by each number', async () => {
    expect(await list({ limit: 5 })).toEqual([-1, 0, 1, 2, 3]);
    expect(await list({ limit: 3, sort: 'name', order: 'desc' })).toEqual([23, 22, 21]);
    expect((await list({ limit: 3, sort: 'seconds' })).slice(0, 2)).toEqual([4, 3]);
    expect((await list({ limit: 4, sort: 'last_activity' })).slice(0, 3)).toEqual([4, 3, 7]);
    expect((await list({ limit: 25, sort: 'last_activity', order: 'asc' })).slice(-3)).toEqual([7, 3, 4]);
    const [start_date, end_date] = [dayBefore(app, 40), dayBefore(app, 40)];
    expect((await list({ limit: 3, sort: 'seconds', start_date, end_date }))[0]).toBe(7);
  });

  it('sort members by points, which their quests of the day decide', async () => {
    const { items } = await readStats(app, owner, MEMBERS, { limit: 25, sort: 'xp' });
    const points = (items as { xp: number }[]).map(({ xp }) => xp);
    expect(points).toEqual(points.toSorted((a, b) => b - a));
    const descending = await list({ limit: 25, sort: 'xp' });
    expect(descending.slice(0, 2).sort()).toEqual([3, 4]);
    const ascending = await list({ limit: 25, sort: 'xp', order: 'asc' });
    const equal = points[0] === points[1];
    expect(ascending.slice(-2)).toEqual(
      equal ? expect.arrayContaining([3, 4]) : descending.slice(0, 2).reverse(),
    );
  });

  it('page through all members, each once, whatever the order', async () => {
    for (const sort of ['name', 'xp', 'seconds', 'last_activity'])
      for (const order of ['asc', 'desc']) {
        const pages = [1, 2, 3, 4].map((page) => list({ sort, order, page, limit: 7 }));
        const found = (await Promise.all(pages)).flat();
        expect(found.sort((a, b) => a - b)).toEqual([-1, ...people.keys()]);
      }
    const beyond = await readStats(app, owner, MEMBERS, { page: 5, limit: 7 });
    expect(beyond).toMatchObject({ items: [], total: 25, page: 5, limit: 7 });
    expect(await readStats(app, owner, MEMBERS, {})).toMatchObject({ total: 25, page: 1, limit: 20 });
  });

  it('reach 10,000 members, and not one page further', async () => {
    await expectStatus(200, requestStats(app, owner, MEMBERS, { page: 100, limit: 100 }));
    await expectStatus(200, requestStats(app, owner, MEMBERS, { page: 10_000, limit: 1 }));
    for (const [page, limit] of [
      [101, 100],
      [501, 20],
      [10_000, 2],
    ] as const) {
      const refused = await requestStats(app, owner, MEMBERS, { page, limit });
      expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
      expect(refused.body.detail.fields).toMatchObject([{ path: 'page', rule: 'page_limit' }]);
    }
  });

  it('search in names and usernames, in any case, and literally', async () => {
    expect(await list({ q: 'PERSON 04' })).toEqual([3]);
    expect(await list({ q: 'person24' })).toEqual([23]);
    expect(await list({ q: owner.username })).toEqual([-1]);
    for (const q of ['%', '_', "'", '\\', '@example.com'])
      expect(await readStats(app, owner, MEMBERS, { q })).toMatchObject({ items: [], total: 0 });
  });

  it('lead through the directory by its Link header', async () => {
    const seen: string[] = [];
    let next: string | undefined = `${STATS}/?limit=10`;
    while (next !== undefined) {
      const { body, headers } = await expectStatus(200, app.get(next, { token: owner.accessToken }));
      seen.push(...(body.members as { username: string }[]).map(({ username }) => username));
      next = /<(.*)>; rel="next"/.exec(headers.link ?? '')?.[1];
    }
    expect(seen).toEqual([owner.username, ...people.map((_, index) => `person${index + 1}`)]);
  });

  it('have pages of at most 4 MB, also of members in many teams', async () => {
    const crowded = await givenOwnerWithId(app);
    const { organizationId } = crowded;
    await app.sql(
      `WITH made AS (
         INSERT INTO users (id, username, email, created_at, updated_at)
         SELECT gen_random_uuid(), 'crowd' || n, 'crowd' || n || '@example.com', now(), now() FROM generate_series(1, 200) n
         RETURNING id)
       INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
       SELECT id, $1, id, 'member', false, now() FROM made`,
      [organizationId],
    );
    await app.sql(
      `INSERT INTO teams (id, organization_id, name, created_at, updated_at)
       SELECT gen_random_uuid(), $1, repeat('x', 90) || n, now(), now() FROM generate_series(1, 60) n`,
      [organizationId],
    );
    await app.sql(
      `INSERT INTO team_members (team_id, user_id, organization_id, joined_at)
       SELECT t.id, m.user_id, $1, now() FROM teams t CROSS JOIN memberships m
       WHERE t.organization_id = $1 AND m.organization_id = $1`,
      [organizationId],
    );
    const seen = new Set<string>();
    let next: string | undefined = `${STATS}/`;
    let pages = 0;
    for (; next !== undefined; pages += 1) {
      const { body, headers, text } = await expectStatus(200, app.get(next, { token: crowded.accessToken }));
      expect(text.length).toBeLessThan(5 * 1024 * 1024);
      for (const { user_id } of body.members as { user_id: string }[]) seen.add(user_id);
      next = /<(.*)>; rel="next"/.exec(headers.link ?? '')?.[1];
    }
    expect([seen.size, pages]).toEqual([201, 2]);
  });

  it.each<[string, string, Record<string, string | number>]>([
    ['start_date', '/', { start_date: '2026-02-30' }],
    ['end_date', '/', { end_date: '2026-1-1' }],
    ['end_date', '/', { start_date: '2026-02-02', end_date: '2026-02-01' }],
    ['end_date', MEMBERS, { start_date: '2025-01-01', end_date: '2026-01-02' }],
    ['start_date', `/users/${UNKNOWN_ID}`, { start_date: '1999-01-01' }],
    ['organization_id', '/', { organization_id: 'x' }],
    ['org_id', MEMBERS, { org_id: '' }],
    ['team_id', '/', { team_id: 'x' }],
    ['team_id', '/', { compare_team_id: UNKNOWN_ID }],
    ['compare_team_id', '/', { team_id: UNKNOWN_ID, compare_team_id: UNKNOWN_ID }],
    ['table', '/', { table: 'users' }],
    ['table', `/users/${UNKNOWN_ID}`, { table: 'members' }],
    ['sort', MEMBERS, { sort: 'email' }],
    ['order', MEMBERS, { order: 'DESC' }],
    ['page', MEMBERS, { page: 0 }],
    ['page', MEMBERS, { page: 1.5 }],
    ['limit', MEMBERS, { limit: 101 }],
    ['cursor', '/', { cursor: 'x' }],
    ['org_id', '/', { org_id: UNKNOWN_ID.replace('0190', '0191'), limit: 1 }],
  ])('with an invalid %s are refused, and the field is named', async (field, path, query) => {
    const own = field === 'org_id' && query.limit ? { ...query, org_id: owner.organizationId } : query;
    const refused = await requestStats(app, owner, path, own);
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    // Not as a list, as on the other routes of the XC API.
    expect(refused.body.detail.fields).toMatchObject([{ path: field }]);
  });

  it('take a period of 366 days, in the past and in the future', async () => {
    const year = { start_date: '2024-01-01', end_date: '2024-12-31' };
    const body = await readStats(app, owner, '/', year);
    expect(body).toMatchObject({ previous_start_date: '2022-12-31', previous_end_date: '2023-12-31' });
    expect(body.by_day).toHaveLength(366);
    const future = await readStats(app, owner, '/', { start_date: '2030-06-01' });
    expect(future).toMatchObject({ end_date: '2030-06-01', totals: { active_members: 0, xp: 0 } });
    const past = await readStats(app, owner, '/', { end_date: '1900-01-01' });
    expect(past).toMatchObject({ start_date: '1899-12-03', totals: { members: 25, xp: 0 } });
  });

  it('of a team manager without a team have no members', async () => {
    const manager = await givenMember(
      app,
      { organizationId: owner.organizationId, by: owner },
      'team_manager',
    );
    const nothing = { active_members: 0, xp: 0, seconds: 0 };
    expect(await readStats(app, manager, '/')).toMatchObject({
      members: [],
      totals: { members: 0, ...nothing },
    });
    expect(await readStats(app, manager, MEMBERS)).toMatchObject({ items: [], total: 0 });
    const own = await requestStats(app, manager, `/users/${manager.id}`);
    expect(statusAndCode(own)).toEqual([404, 'member_not_found']);
    await app.sql('DELETE FROM memberships WHERE user_id = $1', [manager.id]);
  });

  it('of an organization without activity have zeros for every day', async () => {
    const empty = await givenOwnerWithId(app);
    const body = await readStats(app, empty, '/');
    expect(body.totals).toMatchObject({ members: 1, active_members: 0, xp: 0, previous: { xp: 0 } });
    expect(body.by_day.every(({ active_members }: { active_members: number }) => active_members === 0)).toBe(
      true,
    );
    expect(await readStats(app, empty, MEMBERS, { sort: 'last_activity' })).toMatchObject({ total: 1 });
  });
});
