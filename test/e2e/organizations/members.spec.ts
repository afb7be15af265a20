import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, PASSWORD } from '@test/support/auth/given-users.js';
import {
  addTo,
  type Cast,
  givenCast,
  givenFounder,
  givenMemberOf,
  givenPerson,
  NO_IDS,
  nextOf,
  refusal,
  type Role,
  ROLES,
  rolesIn,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

const CROWD = 1250;

describe('members', () => {
  let app: TestApp;
  let cast: Cast;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.start();
    cast = await givenCast(app);
    url = `/api/organizations/${cast.organizationId}/members`;
  });
  afterAll(() => app.stop());

  const roles = (): Promise<Record<string, Role>> => rolesIn(app, cast.organizationId);
  const byOwner = () => ({ organizationId: cast.organizationId, by: cast.owner });

  describe('are added', () => {
    it.each(['user_id', 'email', 'username'] as const)('by %s', async (field) => {
      const person = await givenPerson(app);
      const value = { user_id: person.id, email: person.email, username: person.username }[field];
      const { body } = await expectStatus(201, addTo(app, byOwner(), { [field]: value.toUpperCase() }));
      expect(body).toEqual({
        user_id: person.id,
        username: person.username,
        email: person.email,
        role: 'member',
        organization_id: cast.organizationId,
        team_id: null,
        teams: [],
        joined_at: expect.stringMatching(/Z$/),
      });
      await expectStatus(200, app.get(url, { token: person.accessToken }));
    });

    it('once', async () => {
      const again = await addTo(app, byOwner(), { user_id: cast.member.id, role: 'admin' });
      expect(refusal(again)).toEqual([409, 'already_member']);
      expect((await roles())[cast.member.id]).toBe('member');
    });

    it.each([
      ['user_id', UNKNOWN_ID],
      ['email', 'nobody@example.com'],
      ['username', 'nobody-at-all'],
    ])('only when they have an account: %s', async (field, value) => {
      expect(refusal(await addTo(app, byOwner(), { [field]: value }))).toEqual([404, 'user_not_found']);
    });

    it.each([
      ['nobody', {}, 'user_id'],
      ['two names', { user_id: UNKNOWN_ID, email: 'a@example.com' }, 'user_id'],
      ['a malformed id', { user_id: '1' }, 'user_id'],
      ['a malformed address', { email: 'nobody' }, 'email'],
      ['a role that does not exist', { user_id: UNKNOWN_ID, role: 'super_admin' }, 'role'],
      ['an inherited name for a role', { user_id: UNKNOWN_ID, role: 'constructor' }, 'role'],
      ['a field that does not exist', { user_id: UNKNOWN_ID, team_id: UNKNOWN_ID }, 'team_id'],
    ])('by name and with a role: not %s', async (_what, body, path) => {
      const refused = await expectStatus(400, addTo(app, byOwner(), body));
      expect(refused.body.detail.fields[0].path).toBe(path);
    });
  });

  describe('who leave', () => {
    it.each(['admin', 'team_manager', 'member'] as const)('may be %s, and lose all access', async (role) => {
      const person = await givenMemberOf(app, byOwner(), role);
      const token = person.accessToken;
      await expectStatus(204, app.delete(`${url}/${person.id}`, { token }));
      expect((await roles())[person.id]).toBeUndefined();
      expect(refusal(await app.get(url, { token }))).toEqual([404, 'organization_not_found']);
      expect(refusal(await app.delete(`${url}/${person.id}`, { token }))).toEqual([
        404,
        'organization_not_found',
      ]);
    });

    it('may be an owner while another is there, and not the last', async () => {
      const { owner } = cast;
      const second = await givenMemberOf(app, byOwner(), 'owner');
      await expectStatus(204, app.delete(`${url}/${second.id}`, { token: second.accessToken }));
      const last = await app.delete(`${url}/${owner.id}`, { token: owner.accessToken });
      expect(refusal(last)).toEqual([409, 'last_owner']);
      expect((await roles())[owner.id]).toBe('owner');
    });

    it('may leave an organization that is closed to their session', async () => {
      const person = await givenMemberOf(app, byOwner());
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [cast.organizationId]);
      try {
        const token = person.accessToken;
        expect(refusal(await app.get(url, { token }))).toEqual([403, 'two_factor_required']);
        await expectStatus(204, app.delete(`${url}/${person.id}`, { token }));
      } finally {
        await app.sql('UPDATE organizations SET enforce_2fa = false WHERE id = $1', [cast.organizationId]);
      }
    });

    it('may not throw others out of one that is closed to their session', async () => {
      const person = await givenMemberOf(app, byOwner());
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [cast.organizationId]);
      try {
        const refused = await app.delete(`${url}/${person.id}`, { token: cast.owner.accessToken });
        expect(refusal(refused)).toEqual([403, 'two_factor_required']);
      } finally {
        await app.sql('UPDATE organizations SET enforce_2fa = false WHERE id = $1', [cast.organizationId]);
      }
      expect((await roles())[person.id]).toBe('member');
    });
  });

  it.each(['PATCH', 'PUT', 'DELETE'])('who are none answer 404 to %s', async (method) => {
    for (const id of [...NO_IDS, cast.outsider.id]) {
      const body = method === 'DELETE' ? undefined : { role: 'member' };
      const answer = await app.call(method, `${url}/${id}`, { token: cast.owner.accessToken, body });
      expect(refusal(answer)).toEqual([404, 'member_not_found']);
    }
  });

  it('of another organization are out of reach of its neighbour’s owner', async () => {
    const neighbour = await givenFounder(app);
    const own = `/api/organizations/${neighbour.organizationId}/members/${cast.member.id}`;
    for (const target of [own, `${url}/${cast.member.id}`])
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        const body = method === 'DELETE' ? undefined : { role: 'admin' };
        await expectStatus(404, app.call(method, target, { token: neighbour.accessToken, body }));
      }
    expect((await roles())[cast.member.id]).toBe('member');
  });

  it('are looked up at most 30 times an hour without success', async () => {
    const limited = await TestApp.start({ beside: app, env: { RATE_LIMITS: 'on' } });
    try {
      const statuses: number[] = [];
      for (let index = 0; index < 32; index += 1)
        statuses.push((await addTo(limited, byOwner(), { email: `guess-${index}@example.com` })).status);
      expect(statuses).toEqual([...Array<number>(30).fill(404), 429, 429]);
      const refused = await addTo(limited, byOwner(), { username: 'one-more-guess' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const person = await givenPerson(app);
      await expectStatus(201, addTo(limited, byOwner(), { user_id: person.id }));
    } finally {
      await limited.stop();
    }
  });

  describe('in a crowd', () => {
    let crowd: Awaited<ReturnType<typeof givenFounder>>;
    let list: string;

    beforeAll(async () => {
      crowd = await givenFounder(app);
      list = `/api/organizations/${crowd.organizationId}/members`;
      await app.sql(
        `WITH made AS (
           INSERT INTO users (id, username, email, password_hash, first_name, last_name, created_at, updated_at)
           SELECT gen_random_uuid(), 'crowd-' || n, 'crowd-' || n || '@example.com', $3, '', '', now(), now()
           FROM generate_series(2, $2::int) n RETURNING id, username)
         INSERT INTO memberships (id, organization_id, user_id, role, own_act, joined_at)
         SELECT gen_random_uuid(), $1, id, 'member', false,
           date_trunc('hour', now()) + interval '1 hour' * (substr(username, 7)::int % 3) FROM made`,
        [crowd.organizationId, CROWD, PASSWORD],
      );
    });

    const orderOf = (rows: { joined_at: string; user_id: string }[]): string[] =>
      rows.map(({ joined_at, user_id }) => `${joined_at} ${user_id}`);

    it('are listed a thousand at once to who knows no paging', async () => {
      const token = crowd.accessToken;
      const first = await expectStatus(200, app.get(list, { token }));
      expect(first.body).toHaveLength(1000);
      const second = await expectStatus(200, app.get(nextOf(first) as string, { token }));
      expect(second.body).toHaveLength(CROWD - 1000);
      expect(nextOf(second)).toBeUndefined();
    });

    it.each([100, 97])('are each on one page of %i, in the order they joined', async (limit) => {
      const { rows, pages } = await walk<{ joined_at: string; user_id: string }>(
        app,
        `${list}?limit=${limit}`,
        crowd.accessToken,
      );
      expect(pages).toBe(Math.ceil(CROWD / limit));
      expect(new Set(rows.map(({ user_id }) => user_id)).size).toBe(CROWD);
      expect(orderOf(rows)).toEqual([...orderOf(rows)].sort());
    });

    it('are neither shown twice nor left out when others come and go between the pages', async () => {
      const token = crowd.accessToken;
      const before = Object.keys(await rolesIn(app, crowd.organizationId));
      const first = await expectStatus(200, app.get(`${list}?limit=100`, { token }));
      const seen = (first.body as { user_id: string }[]).map(({ user_id }) => user_id);
      const leaving = seen.find((id) => id !== crowd.id) as string;
      await expectStatus(204, app.delete(`${list}/${leaving}`, { token }));
      app.clock.advance(6 * 3600);
      const late = await givenPerson(app);
      const at = { organizationId: crowd.organizationId, by: { ...crowd, accessToken: await fresh() } };
      await expectStatus(201, addTo(app, at, { user_id: late.id }));
      const rest = await walk<{ user_id: string }>(app, nextOf(first) as string, at.by.accessToken);
      const all = [...seen, ...rest.rows.map(({ user_id }) => user_id)];
      expect(all.sort()).toEqual([...before, late.id].sort());
    });

    const fresh = async (): Promise<string> => {
      const { email, password } = crowd;
      const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      return body.access_token as string;
    };
  });

  it.each(ROLES)('are listed to the %s', async (role) => {
    const token = (await app.post('/api/v1/auth/login', cred(role))).body.access_token as string;
    const { body } = await expectStatus(200, app.get(url, { token }));
    const listed = (body as { user_id: string; role: Role }[]).map(({ user_id, role: is }) => [user_id, is]);
    expect(Object.fromEntries(listed)).toEqual(await roles());
  });

  const cred = (role: Role) => ({ email: cast[role].email, password: cast[role].password });
});
