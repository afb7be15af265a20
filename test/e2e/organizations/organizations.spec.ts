import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, getNextUrl, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenInvitation,
  givenUserWithId,
  UNRESOLVABLE_IDS,
  type UserWithId,
  type Role,
  ROLES,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const ORGANIZATIONS_URL = '/api/organizations';

describe('organizations', () => {
  let app: TestApp;
  let person: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    person = await givenUserWithId(app);
  });

  const requestCreate = (body: object, by = person) =>
    app.post(ORGANIZATIONS_URL, body, { token: by.accessToken });
  const createOrganization = async (body: object, by = person) =>
    (await expectStatus(201, requestCreate(body, by))).body;

  it('are created with their creator as owner', async () => {
    const request = { name: ' Harbour School ', slug: 'harbour-school', description: 'Evening classes' };
    const body = await createOrganization(request);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Harbour School',
      slug: 'harbour-school',
      description: 'Evening classes',
      role: 'owner',
      member_count: 1,
      enforce_2fa: false,
      transcript_retention_days: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: body.created_at,
    });
    const token = person.accessToken;
    const members = (await expectStatus(200, app.get(`${ORGANIZATIONS_URL}/${body.id}/members`, { token })))
      .body;
    expect(members).toMatchObject([{ user_id: person.id, role: 'owner', team_id: null, teams: [] }]);
    expect((await expectStatus(200, app.get(`${ORGANIZATIONS_URL}/${body.id}`, { token }))).body).toEqual(
      body,
    );
  });

  it.each([
    ['Škola Ærø & Söhne', 'skola-r-sohne'],
    ['  A  b__C ', 'a-b-c'],
    ['東京学校', 'organization'],
  ])('derive the slug from the name: %s', async (name, slug) => {
    const first = await createOrganization({ name });
    expect(first.slug).toBe(slug);
    const second = await createOrganization({ name });
    expect(second.slug).toMatch(new RegExp(`^${slug}-\\d{6}$`));
  });

  it('derive a slug from the longest name', async () => {
    const { slug } = await createOrganization({ name: 'ab '.repeat(40).trim() });
    expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(slug.length).toBeLessThanOrEqual(64);
  });

  it('have unique slugs', async () => {
    await createOrganization({ name: 'One', slug: 'only-one' });
    expect(statusAndCode(await requestCreate({ name: 'Two', slug: 'only-one' }))).toEqual([
      409,
      'slug_taken',
    ]);
    const other = await givenUserWithId(app);
    expect(statusAndCode(await requestCreate({ name: 'Three', slug: 'only-one' }, other))).toEqual([
      409,
      'slug_taken',
    ]);
    expect((await app.get(ORGANIZATIONS_URL, { token: other.accessToken })).body).toEqual([]);
  });

  it.each([
    ['a name of spaces', { name: '   ' }, 'name'],
    ['no name', {}, 'name'],
    ['a name of 121 characters', { name: 'n'.repeat(121) }, 'name'],
    ['a name that is a number', { name: 7 }, 'name'],
    ['capitals in the slug', { name: 'N', slug: 'Acme' }, 'slug'],
    ['a slug ending in a dash', { name: 'N', slug: 'acme-' }, 'slug'],
    ['two dashes in the slug', { name: 'N', slug: 'a--b' }, 'slug'],
    ['a slug of 65 characters', { name: 'N', slug: 's'.repeat(65) }, 'slug'],
    ['a line break after the slug', { name: 'N', slug: 'acme\nx' }, 'slug'],
    ['a field that does not exist', { name: 'N', owner_id: UNKNOWN_ID }, 'owner_id'],
    ['a NUL in the name', { name: 'a\u0000b' }, 'name'],
  ])('cannot be created with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, requestCreate(body));
    expect(refused.body).toMatchObject({ code: 'validation_failed', detail: { fields: [{ path }] } });
  });

  describe('in a list', () => {
    it('contain the user’s organizations, newest first, on stable pages', async () => {
      await givenOwnerWithId(app);
      const ids: string[] = [];
      for (let index = 0; index < 25; index += 1)
        ids.unshift((await createOrganization({ name: `L ${index}` })).id);
      const token = person.accessToken;
      const all = await expectStatus(200, app.get(ORGANIZATIONS_URL, { token }));
      expect(all.body.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 20));
      const first = await expectStatus(200, app.get(`${ORGANIZATIONS_URL}?limit=10`, { token }));
      await createOrganization({ name: 'Newer than the page' });
      const rest = await listAllPages<{ id: string }>(app, getNextUrl(first) as string, token);
      expect([...first.body, ...rest.rows].map(({ id }: { id: string }) => id)).toEqual(ids);
      expect(rest.pages).toBe(2);
    });

    it('have no next page after the last one, even when it is full', async () => {
      await createOrganization({ name: 'A' });
      await createOrganization({ name: 'B' });
      const token = person.accessToken;
      expect(getNextUrl(await app.get(`${ORGANIZATIONS_URL}?limit=2`, { token }))).toBeUndefined();
      expect(getNextUrl(await app.get(`${ORGANIZATIONS_URL}?limit=1`, { token }))).toContain(
        'limit=1&cursor=',
      );
    });

    it.each(['limit=0', 'limit=101', 'limit=ten', 'limit=1.5', 'cursor=AAAA', 'cursor=!', 'offset=1'])(
      'refuse ?%s',
      async (query) => {
        const refused = await app.get(`${ORGANIZATIONS_URL}?${query}`, { token: person.accessToken });
        expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
        expect(refused.body.detail.fields[0].path).toBe(query.split('=')[0]);
      },
    );
  });

  describe('for their members', () => {
    let fixture: OrganizationFixture;
    let url: string;

    beforeAll(async () => {
      fixture = await givenOrganization(app);
      url = `${ORGANIZATIONS_URL}/${fixture.organizationId}`;
    });

    it.each(ROLES)('are shown to the %s with their role', async (role) => {
      const token = fixture[role].accessToken;
      const { body } = await expectStatus(200, app.get(url, { token }));
      expect(body).toMatchObject({ id: fixture.organizationId, role, member_count: 4 });
      const listed = await expectStatus(200, app.get(ORGANIZATIONS_URL, { token }));
      expect(listed.body).toEqual([body]);
    });

    it.each([
      ['GET', '', undefined],
      ['PATCH', '', { name: 'Mine' }],
      ['DELETE', '', undefined],
      ['GET', '/members', undefined],
      ['POST', '/members', { email: 'a@example.com' }],
      ['GET', '/teams', undefined],
      ['POST', '/teams', { name: 'Mine' }],
      ['GET', '/audit-log', undefined],
      ['GET', '/access', undefined],
    ])('answer an outsider like an unknown organization: %s %s', async (method, path, body) => {
      const token = fixture.outsider.accessToken;
      const answers = [];
      for (const id of [fixture.organizationId, fixture.organizationId.toUpperCase(), ...UNRESOLVABLE_IDS])
        answers.push(await app.call(method, `${ORGANIZATIONS_URL}/${id}${path}`, { token, body }));
      const [first] = answers;
      for (const response of answers) {
        expect(statusAndCode(response)).toEqual([404, 'organization_not_found']);
        expect(response.body.detail).toEqual(first?.body.detail);
      }
    });

    it('are found by their id in upper case', async () => {
      const upperCaseSlug = `${ORGANIZATIONS_URL}/${fixture.organizationId.toUpperCase()}`;
      await expectStatus(200, app.get(upperCaseSlug, { token: fixture.member.accessToken }));
    });

    it.each(['owner', 'admin'] as const)('can be updated by the %s', async (role) => {
      const token = fixture[role].accessToken;
      const { body } = await expectStatus(200, app.patch(url, { description: `by ${role}` }, { token }));
      expect(body).toMatchObject({ description: `by ${role}`, role });
    });

    it.each<[string, Role]>([
      ['PATCH', 'team_manager'],
      ['PATCH', 'member'],
      ['DELETE', 'admin'],
      ['DELETE', 'team_manager'],
      ['DELETE', 'member'],
    ])('refuse %s by the %s', async (method, role) => {
      const { description } = (await app.get(url, { token: fixture.owner.accessToken })).body;
      const body = method === 'PATCH' ? { description: 'mine' } : undefined;
      const response = await app.call(method, url, { token: fixture[role].accessToken, body });
      expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
      const after = await expectStatus(200, app.get(url, { token: fixture.owner.accessToken }));
      expect(after.body.description).toBe(description);
    });
  });

  describe('when updated', () => {
    let url: string;
    let token: string;

    beforeEach(async () => {
      url = `${ORGANIZATIONS_URL}/${(await createOrganization({ name: 'Before', description: 'Old' })).id}`;
      token = person.accessToken;
    });

    it('change the given fields and keep the others', async () => {
      app.clock.advance(5);
      const before = (await app.get(url, { token })).body;
      const renamed = await expectStatus(200, app.patch(url, { name: 'After' }, { token }));
      const { updated_at } = renamed.body;
      expect(renamed.body).toEqual({ ...before, name: 'After', updated_at });
      expect(Date.parse(updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
      const clearedFields = await expectStatus(200, app.patch(url, { description: null }, { token }));
      expect(clearedFields.body).toMatchObject({ name: 'After', description: null });
      expect((await app.get(url, { token })).body).toEqual(clearedFields.body);
    });

    it('accept the whole resource that the client read', async () => {
      const before = (await app.get(url, { token })).body;
      const { body } = await expectStatus(200, app.patch(url, { ...before, description: 'New' }, { token }));
      expect(body).toMatchObject({ name: 'Before', description: 'New', slug: before.slug });
    });

    it.each([
      ['id', UNKNOWN_ID],
      ['slug', 'another-slug'],
      ['role', 'member'],
      ['member_count', 2],
      ['created_at', '2020-01-01T00:00:00.000Z'],
      ['updated_at', null],
    ])('reject a change of %s', async (field, value) => {
      const refused = await app.patch(url, { name: 'After', [field]: value }, { token });
      expect(statusAndCode(refused)).toEqual([400, 'field_read_only']);
      expect(refused.body.detail.field).toBe(field);
      expect((await app.get(url, { token })).body.name).toBe('Before');
    });

    it.each([
      ['name', 'null', null],
      ['name', 'nothing', ''],
      ['enforce_2fa', 'a word', 'yes'],
      ['description', '2,001 characters', 'd'.repeat(2001)],
      ['plan', 'anything', 'pro'],
    ])('reject a %s of %s', async (field, _what, value) => {
      const refused = await app.patch(url, { [field]: value }, { token });
      expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
      expect(refused.body.detail.fields[0].path).toBe(field);
    });
  });

  it('are deleted with everything that belongs to them', async () => {
    const fixture = await givenOrganization(app);
    const url = `${ORGANIZATIONS_URL}/${fixture.organizationId}`;
    const token = fixture.owner.accessToken;
    const { slug } = (await app.get(url, { token })).body;
    await expectStatus(201, app.post(`${url}/teams`, { name: 'Team' }, { token }));
    const invitation = await givenInvitation(app, fixture.owner);
    const gone = await expectStatus(204, app.delete(url, { token }));
    expect(gone.text).toBe('');
    for (const role of ROLES) {
      const own = { token: fixture[role].accessToken };
      expect(statusAndCode(await app.get(url, own))).toEqual([404, 'organization_not_found']);
      expect((await expectStatus(200, app.get(ORGANIZATIONS_URL, own))).body).toEqual([]);
      expect(statusAndCode(await app.get('/api/v1/organization', own))).toEqual([404, 'no_organization']);
      await expectStatus(200, app.get('/api/v1/users/me', own));
    }
    const look = await app.get(`/api/v1/invitations/validate?token=${invitation.token}`);
    expect(look.body).toEqual({ email: null, organization_name: null, role: null, is_valid: false });
    expect(statusAndCode(await app.delete(url, { token }))).toEqual([404, 'organization_not_found']);
    expect((await createOrganization({ name: 'Next', slug })).slug).toBe(slug);
  });
});
