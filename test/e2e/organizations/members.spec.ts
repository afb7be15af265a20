import { TestApp } from '@test/support/app/test-app.js';
import { PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus, getNextUrl, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  UNRESOLVABLE_IDS,
  type Role,
  ROLES,
  storedRoles,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const MEMBER_COUNT = 1250;

describe('members', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
    url = `/api/organizations/${fixture.organizationId}/members`;
  });
  afterAll(() => app.stop());

  const getRoles = (): Promise<Record<string, Role>> => storedRoles(app, fixture.organizationId);
  const addedByOwner = () => ({ organizationId: fixture.organizationId, by: fixture.owner });

  describe('adding a member', () => {
    it.each(['user_id', 'email', 'username'] as const)('identifies the user by %s', async (field) => {
      const person = await givenUserWithId(app);
      const value = { user_id: person.id, email: person.email, username: person.username }[field];
      const { body } = await expectStatus(
        201,
        addOrganizationMember(app, addedByOwner(), { [field]: value.toUpperCase() }),
      );
      expect(body).toEqual({
        user_id: person.id,
        username: person.username,
        email: person.email,
        role: 'member',
        organization_id: fixture.organizationId,
        team_id: null,
        teams: [],
        joined_at: expect.stringMatching(/Z$/),
      });
      await expectStatus(200, app.get(url, { token: person.accessToken }));
    });

    it('succeeds once for each user', async () => {
      const again = await addOrganizationMember(app, addedByOwner(), {
        user_id: fixture.member.id,
        role: 'admin',
      });
      expect(statusAndCode(again)).toEqual([409, 'already_member']);
      expect((await getRoles())[fixture.member.id]).toBe('member');
    });

    it.each([
      ['user_id', UNKNOWN_ID],
      ['email', 'unknown@example.com'],
      ['username', 'unknown-user'],
    ])('answers 404 for an unknown %s', async (field, value) => {
      expect(statusAndCode(await addOrganizationMember(app, addedByOwner(), { [field]: value }))).toEqual([
        404,
        'user_not_found',
      ]);
    });

    it.each([
      ['no identifier', {}, 'user_id'],
      ['two identifiers', { user_id: UNKNOWN_ID, email: 'a@example.com' }, 'user_id'],
      ['a malformed id', { user_id: '1' }, 'user_id'],
      ['a malformed address', { email: 'malformed' }, 'email'],
      ['a role that does not exist', { user_id: UNKNOWN_ID, role: 'super_admin' }, 'role'],
      ['a role that is a property of every object', { user_id: UNKNOWN_ID, role: 'constructor' }, 'role'],
      ['a field that does not exist', { user_id: UNKNOWN_ID, team_id: UNKNOWN_ID }, 'team_id'],
    ])('rejects %s', async (_what, body, path) => {
      const refused = await expectStatus(400, addOrganizationMember(app, addedByOwner(), body));
      expect(refused.body.detail.fields[0].path).toBe(path);
    });
  });

  describe('leaving', () => {
    it.each(['admin', 'team_manager', 'member'] as const)(
      'is allowed for a %s, who loses all access',
      async (role) => {
        const person = await givenMember(app, addedByOwner(), role);
        const token = person.accessToken;
        await expectStatus(204, app.delete(`${url}/${person.id}`, { token }));
        expect((await getRoles())[person.id]).toBeUndefined();
        expect(statusAndCode(await app.get(url, { token }))).toEqual([404, 'organization_not_found']);
        expect(statusAndCode(await app.delete(`${url}/${person.id}`, { token }))).toEqual([
          404,
          'organization_not_found',
        ]);
      },
    );

    it('is allowed for an owner, unless they are the last one', async () => {
      const { owner } = fixture;
      const second = await givenMember(app, addedByOwner(), 'owner');
      await expectStatus(204, app.delete(`${url}/${second.id}`, { token: second.accessToken }));
      const last = await app.delete(`${url}/${owner.id}`, { token: owner.accessToken });
      expect(statusAndCode(last)).toEqual([409, 'last_owner']);
      expect((await getRoles())[owner.id]).toBe('owner');
    });

    it('is allowed for a session without the required second factor', async () => {
      const person = await givenMember(app, addedByOwner());
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [fixture.organizationId]);
      try {
        const token = person.accessToken;
        expect(statusAndCode(await app.get(url, { token }))).toEqual([403, 'two_factor_required']);
        await expectStatus(204, app.delete(`${url}/${person.id}`, { token }));
      } finally {
        await app.sql('UPDATE organizations SET enforce_2fa = false WHERE id = $1', [fixture.organizationId]);
      }
    });

    it('does not let a session without the required second factor remove other members', async () => {
      const person = await givenMember(app, addedByOwner());
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [fixture.organizationId]);
      try {
        const refused = await app.delete(`${url}/${person.id}`, { token: fixture.owner.accessToken });
        expect(statusAndCode(refused)).toEqual([403, 'two_factor_required']);
      } finally {
        await app.sql('UPDATE organizations SET enforce_2fa = false WHERE id = $1', [fixture.organizationId]);
      }
      expect((await getRoles())[person.id]).toBe('member');
    });
  });

  it.each(['PATCH', 'PUT', 'DELETE'])('answers 404 to %s for a user who is no member', async (method) => {
    for (const id of [...UNRESOLVABLE_IDS, fixture.outsider.id]) {
      const body = method === 'DELETE' ? undefined : { role: 'member' };
      const response = await app.call(method, `${url}/${id}`, { token: fixture.owner.accessToken, body });
      expect(statusAndCode(response)).toEqual([404, 'member_not_found']);
    }
  });

  it('refuses the owner of another organization', async () => {
    const otherMember = await givenOwnerWithId(app);
    const own = `/api/organizations/${otherMember.organizationId}/members/${fixture.member.id}`;
    for (const target of [own, `${url}/${fixture.member.id}`])
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        const body = method === 'DELETE' ? undefined : { role: 'admin' };
        await expectStatus(404, app.call(method, target, { token: otherMember.accessToken, body }));
      }
    expect((await getRoles())[fixture.member.id]).toBe('member');
  });

  it('allows 30 unsuccessful lookups an hour', async () => {
    const limited = await TestApp.start({ siblingOf: app, env: { RATE_LIMITS: 'on' } });
    try {
      const statuses: number[] = [];
      for (let index = 0; index < 32; index += 1)
        statuses.push(
          (await addOrganizationMember(limited, addedByOwner(), { email: `guess-${index}@example.com` }))
            .status,
        );
      expect(statuses).toEqual([...Array<number>(30).fill(404), 429, 429]);
      const refused = await addOrganizationMember(limited, addedByOwner(), { username: 'one-more-guess' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const person = await givenUserWithId(app);
      await expectStatus(201, addOrganizationMember(limited, addedByOwner(), { user_id: person.id }));
    } finally {
      await limited.stop();
    }
  });

  describe('listing many members', () => {
    let largeOrganization: Awaited<ReturnType<typeof givenOwnerWithId>>;
    let membersUrl: string;

    beforeAll(async () => {
      largeOrganization = await givenOwnerWithId(app);
      membersUrl = `/api/organizations/${largeOrganization.organizationId}/members`;
      await app.sql(
        `WITH made AS (
           INSERT INTO users (id, username, email, password_hash, first_name, last_name, created_at, updated_at)
           SELECT gen_random_uuid(), 'crowd-' || n, 'crowd-' || n || '@example.com', $3, '', '', now(), now()
           FROM generate_series(2, $2::int) n RETURNING id, username)
         INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
         SELECT gen_random_uuid(), $1, id, 'member', false,
           date_trunc('hour', now()) + interval '1 hour' * (substr(username, 7)::int % 3) FROM made`,
        [largeOrganization.organizationId, MEMBER_COUNT, PASSWORD],
      );
    });

    const sortKeys = (rows: { joined_at: string; user_id: string }[]): string[] =>
      rows.map(({ joined_at, user_id }) => `${joined_at} ${user_id}`);

    it('returns a thousand members when limit is absent', async () => {
      const token = largeOrganization.accessToken;
      const first = await expectStatus(200, app.get(membersUrl, { token }));
      expect(first.body).toHaveLength(1000);
      const second = await expectStatus(200, app.get(getNextUrl(first) as string, { token }));
      expect(second.body).toHaveLength(MEMBER_COUNT - 1000);
      expect(getNextUrl(second)).toBeUndefined();
    });

    it.each([100, 97])(
      'returns each member on exactly one page of %i, in the order in which they joined',
      async (limit) => {
        const { rows, pages } = await listAllPages<{ joined_at: string; user_id: string }>(
          app,
          `${membersUrl}?limit=${limit}`,
          largeOrganization.accessToken,
        );
        expect(pages).toBe(Math.ceil(MEMBER_COUNT / limit));
        expect(new Set(rows.map(({ user_id }) => user_id)).size).toBe(MEMBER_COUNT);
        expect(sortKeys(rows)).toEqual([...sortKeys(rows)].sort());
      },
    );

    it('neither repeats nor omits a member when others join and leave between the pages', async () => {
      const token = largeOrganization.accessToken;
      const before = Object.keys(await storedRoles(app, largeOrganization.organizationId));
      const first = await expectStatus(200, app.get(`${membersUrl}?limit=100`, { token }));
      const seen = (first.body as { user_id: string }[]).map(({ user_id }) => user_id);
      const leaving = seen.find((id) => id !== largeOrganization.id) as string;
      await expectStatus(204, app.delete(`${membersUrl}/${leaving}`, { token }));
      app.clock.advance(6 * 3600);
      const late = await givenUserWithId(app);
      const at = {
        organizationId: largeOrganization.organizationId,
        by: { ...largeOrganization, accessToken: await fresh() },
      };
      await expectStatus(201, addOrganizationMember(app, at, { user_id: late.id }));
      const rest = await listAllPages<{ user_id: string }>(
        app,
        getNextUrl(first) as string,
        at.by.accessToken,
      );
      const all = [...seen, ...rest.rows.map(({ user_id }) => user_id)];
      expect(all.sort()).toEqual([...before, late.id].sort());
    });

    const fresh = async (): Promise<string> => {
      const { email, password } = largeOrganization;
      const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      return body.access_token as string;
    };
  });

  it.each(ROLES)('lists the members to the %s', async (role) => {
    const token = (await app.post('/api/v1/auth/login', credentials(role))).body.access_token as string;
    const { body } = await expectStatus(200, app.get(url, { token }));
    const listed = (body as { user_id: string; role: Role }[]).map(({ user_id, role: is }) => [user_id, is]);
    expect(Object.fromEntries(listed)).toEqual(await getRoles());
  });

  const credentials = (role: Role) => ({ email: fixture[role].email, password: fixture[role].password });
});
