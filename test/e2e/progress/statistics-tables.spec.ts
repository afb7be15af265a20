import Papa from 'papaparse';
import { newId } from '@/platform/kernel/ids.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  type OwnerWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { read, record } from '@test/support/progress/learners.js';
import {
  dayBefore,
  freezeAtNoon,
  givenTeam,
  readStats,
  readStatsCsv,
  requestStats,
} from '@test/support/progress/statistics.js';

type Row = Record<string, string>;

const parse = (csv: string): Row[] => Papa.parse<Row>(csv, { header: true }).data;

describe('tables of statistics', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    freezeAtNoon(app);
    owner = await givenOwnerWithId(app);
    ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await record(app, ada);
  });
  afterAll(() => app.stop());

  const csvOf = async (path: string, query = {}): Promise<Row[]> =>
    parse(await readStatsCsv(app, owner, path, query));
  const rename = (full_name: string): Promise<unknown> =>
    expectStatus(200, app.patch('/api/auth/me', { full_name }, { token: ada.accessToken }));
  /** Adds members without credentials, and returns them. */
  const addMembers = async (organizationId: string, count: number): Promise<UserWithId[]> => {
    const ids = Array.from({ length: count }, () => newId());
    await app.sql(
      `WITH made AS (
         INSERT INTO users (id, username, email, created_at, updated_at)
         SELECT id, 'x' || id, id || '@example.com', now(), now() FROM unnest($1::uuid[]) id RETURNING id)
       INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
       SELECT id, $2, id, 'member', false, $3 FROM made`,
      [ids, organizationId, app.clock.now()],
    );
    return ids.map((id) => ({ id }) as UserWithId);
  };

  it('as CSV have the numbers of the JSON, with those of the previous period beside them', async () => {
    const json = await readStats(app, owner, '/');
    const { timezone, as_of, start_date, end_date, previous_start_date, previous_end_date } = json;
    const frame = { timezone, as_of, start_date, end_date, previous_start_date, previous_end_date };
    const { previous, ...totals } = json.totals;
    const beside = Object.fromEntries(
      Object.entries(previous as object).map(([name, value]) => [`previous_${name}`, value as number]),
    );
    const asText = (row: object): Row =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
    expect(await csvOf('/', { table: 'totals' })).toEqual([asText({ ...totals, ...beside, ...frame })]);
    const days = await csvOf('/', { table: 'days' });
    expect(days).toHaveLength(30);
    expect(days[29]).toMatchObject({ date: dayBefore(app, 0), tasks_completed: '1', previous_xp: '0' });
    expect(days[29]?.previous_date).toBe(dayBefore(app, 30));
    const members = await csvOf('/');
    expect(members.map(({ user_id }) => user_id)).toEqual([owner.id, ada.id]);
    expect(members[1]).toMatchObject({
      ...frame,
      role: 'member',
      tasks_completed: '1',
      teams: '',
      organizations: 'Acme Learning',
    });
    expect(members[0]?.last_activity).toBe('');
    expect(await csvOf('/progress/members', { sort: 'xp' })).toMatchObject([
      { username: ada.username, last_activity: dayBefore(app, 0), ...frame },
      { username: owner.username },
    ]);
    expect(await csvOf(`/users/${ada.id}`)).toHaveLength(30);
    expect(await csvOf(`/users/${ada.id}`, { table: 'totals' })).toMatchObject([{ tasks_completed: '1' }]);
  });

  it('as CSV are files, whose name has the period; an error is JSON', async () => {
    const query = { table: 'days', start_date: '2026-02-01', end_date: '2026-02-28' };
    const accept = 'text/csv, application/json;q=0.5';
    const { headers } = await requestStats(app, owner, '/', query, { accept });
    expect(headers['content-disposition']).toBe('attachment; filename="days-2026-02-01-2026-02-28.csv"');
    expect(headers['cache-control']).toBe('no-store');
    for (const other of ['application/json, text/csv;q=0.9', 'text/csv;q=0', '*/*', 'text/html'])
      expect((await requestStats(app, owner, '/', query, { accept: other })).body.by_day).toHaveLength(28);
    const refused = await requestStats(app, owner, '/', { table: 'comparison' }, { accept: 'text/csv' });
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    expect(refused.body.detail.fields).toMatchObject([{ path: 'compare_team_id' }]);
  });

  it('as CSV have a header without rows', async () => {
    const lines = (await readStatsCsv(app, owner, '/progress/members', { q: 'no such person' })).split(
      '\r\n',
    );
    expect(lines.filter(Boolean)).toHaveLength(1);
    expect(lines[0]).toMatch(/^user_id,username,name,role,.*,as_of$/);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(1)', `=HYPERLINK("https://example.com";"x")`])(
    'as CSV have the name %j with a leading apostrophe',
    async (name) => {
      await rename(name);
      for (const [path, query] of [
        ['/', {}],
        ['/progress/members', { q: ada.username }],
        [`/users/${ada.id}`, { table: 'totals' }],
      ] as const)
        expect((await csvOf(path, query)).find(({ user_id }) => user_id === ada.id)?.name).toBe(`'${name}`);
      await rename('Ada "A", Lovelace');
      const [row] = await csvOf('/progress/members', { q: 'lovelace' });
      expect(row?.name).toBe('Ada "A", Lovelace');
    },
  );

  it('of two teams are hidden when one of them or the remainder has fewer than five members', async () => {
    const { organizationId } = owner;
    const people = await addMembers(organizationId, 15);
    const [first, second] = [people.slice(0, 5), people.slice(5, 10)];
    for (const person of people) await record(app, person, { type: 'review.done', data: {} });
    const team_id = await givenTeam(app, owner, 'First', first);
    const compare_team_id = await givenTeam(app, owner, '=Second', second);
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
    const compare = async (): Promise<any> =>
      (await readStats(app, owner, '/', { team_id, compare_team_id })).comparison;
    const member = (team: string, person: UserWithId | undefined) =>
      `/api/organizations/${organizationId}/teams/${team}/members/${person?.id}`;
    const call = { token: owner.accessToken };
    expect(await compare()).toMatchObject({
      hidden: false,
      remainder: 7,
      teams: [
        { team_id, members: 5, current: { active_members: 5 }, previous: { active_members: 0, xp: 0 } },
        { team_id: compare_team_id, team_name: '=Second', members: 5, current: { active_members: 5 } },
      ],
    });
    const rows = await csvOf('/', { team_id, compare_team_id, table: 'comparison' });
    expect(rows).toMatchObject([{ team_name: 'First', hidden: 'false' }, { team_name: `'=Second` }]);

    await expectStatus(204, app.delete(member(team_id, first[0]), call));
    const hidden = await compare();
    expect(hidden).toMatchObject({
      hidden: true,
      teams: [{ current: null, previous: null }, { current: null }],
    });
    const hiddenRows = await csvOf('/', { team_id, compare_team_id, table: 'comparison' });
    expect(hiddenRows).toMatchObject([{ hidden: 'true', xp: '', previous_xp: '' }, { xp: '' }]);

    for (const person of first.slice(0, 1))
      await expectStatus(200, app.call('PUT', member(team_id, person), call));
    for (const person of people.slice(10, 13))
      await expectStatus(200, app.call('PUT', member(team_id, person), call));
    expect(await compare()).toMatchObject({ hidden: true, remainder: 4 });
    await expectStatus(204, app.delete(member(team_id, people[12]), call));
    expect(await compare()).toMatchObject({ hidden: false, remainder: 5 });
    await expectStatus(200, app.call('PUT', member(compare_team_id, first[0]), call));
    expect(await compare()).toMatchObject({ hidden: false, remainder: 5 });
    for (const person of first.slice(1, 3))
      await expectStatus(200, app.call('PUT', member(compare_team_id, person), call));
    expect(await compare()).toMatchObject({ hidden: true });
  });

  it('of a small team alone are shown: it is no comparison', async () => {
    const team_id = await givenTeam(app, owner, 'Alone', [ada]);
    expect((await readStats(app, owner, '/', { team_id })).totals).toMatchObject({
      members: 1,
      tasks_completed: 1,
    });
  });

  it('have exactly the numbers that members know about', async () => {
    const [organization] = (await read(app, ada, 'visibility')).organizations;
    expect(organization.organization_id).toBe(owner.organizationId);
    const { items } = await readStats(app, owner, '/progress/members', { q: ada.username });
    const { user_id, username, name, role, joined_at, previous, ...numbers } = items[0];
    expect([user_id, username, role, joined_at]).toEqual([
      ada.id,
      ada.username,
      'member',
      organization.since,
    ]);
    expect([name, typeof previous]).toEqual([expect.any(String), 'object']);
    expect(Object.keys(numbers).sort()).toEqual([...organization.data].sort());
  });
});
