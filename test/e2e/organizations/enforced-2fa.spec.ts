import jwt from 'jsonwebtoken';
import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus, tempTokenOf } from '@test/support/auth/given-users.js';
import {
  givenFounder,
  givenMemberOf,
  givenPerson,
  logIn,
  type Person,
  refusal,
} from '@test/support/organizations/given-organizations.js';
import { declaredRoutes } from '@test/support/http/routes.js';
import { freshTotp, passwordGrant, verify } from '@test/support/auth/two-factor-steps.js';

const REFUSED = [403, 'two_factor_required'];

type Founder = Person & { organizationId: string };

describe('an organization that starts to demand a second factor', () => {
  let app: TestApp;
  let owner: Founder;
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    organizationId = owner.organizationId;
    await enableTwoFactor(app, owner, 'totp');
  });
  afterAll(() => app.stop());

  const enforce = (enforce_2fa = true, by: Person = owner): Promise<Answer> =>
    app.patch(`/api/organizations/${organizationId}`, { enforce_2fa }, { token: by.accessToken });
  const as = (by: Person, route: string, body?: unknown): Promise<Answer> => {
    const [method, url] = route.split(' ') as [string, string];
    return app.call(method, url, { body, token: by.accessToken });
  };
  const admin = (): Promise<Person> => givenMemberOf(app, { organizationId, by: owner }, 'admin');
  const read = (): string => `GET /api/organizations/${organizationId}`;
  const choose = (by: Person): Promise<Answer> =>
    as(by, 'PATCH /api/auth/me', { organization_id: organizationId });

  /** A session of somebody with a factor that did not use it: as one that is older than the factor. */
  async function openWeak(person: Person): Promise<string> {
    const login = await expectStatus(
      200,
      verify(app, await tempTokenOf(app, person), person.backupCodes.pop() ?? ''),
    );
    const { sid } = jwt.decode(login.body.access_token) as jwt.JwtPayload;
    const text =
      'UPDATE sessions SET second_factor_at = NULL, second_factor_method = NULL WHERE id = $1 RETURNING id';
    expect(await app.sql(text, [sid])).toHaveLength(1);
    return login.body.access_token as string;
  }

  /** Calls a route with what the guard looks at to find the organization, and nothing else. */
  function knock(by: Person, route: string): Promise<Answer> {
    const [method, path = ''] = route.split(' ') as [string, string];
    const url = path.replace(':org_id', organizationId).replace(/:\w+/g, owner.id);
    const query = new URLSearchParams(path.startsWith('/api/admin') ? { tenantId: organizationId } : {});
    if (path.endsWith('/access')) query.set('action', 'organization.read');
    if (method === 'GET') return as(by, `GET ${url}?${query.toString()}`);
    const named = path.startsWith('/api/integration') ? 'tenantId' : 'organization_id';
    const needs = named === 'tenantId' || path === '/api/api-keys';
    return as(
      by,
      `${method} ${url}`,
      method === 'DELETE' ? undefined : needs ? { [named]: organizationId } : {},
    );
  }

  it('closes every route about it, on both faces, to a session that began before', async () => {
    const [strong, weak] = [owner, await admin()];
    await expectStatus(200, choose(weak));
    const routes = declaredRoutes(app).filter(({ access }) => access?.organization);
    expect(routes.length).toBeGreaterThan(30);
    await expectStatus(200, enforce());
    for (const { route } of routes) {
      const answer = await knock(weak, route);
      expect([route, ...refusal(answer)]).toEqual([route, ...REFUSED]);
      expect(answer.body.detail.error).toBe('two_factor_required');
    }
    for (const { route } of routes.filter((declared) => declared.route.startsWith('GET')))
      expect([route, (await knock(strong, route)).status]).toEqual([route, 200]);
    const face = routes.map(({ route }) => route.split(' ')[1] ?? '');
    for (const prefix of [
      '/api/organizations/',
      '/api/v1/organization',
      '/api/v1/users',
      '/api/v1/invitations',
    ])
      expect(face.some((path) => path.startsWith(prefix))).toBe(true);
  });

  it('leaves open what its members need to comply or to go', async () => {
    const weak = await admin();
    await expectStatus(200, choose(weak));
    await expectStatus(200, enforce());
    const { body: listed } = await expectStatus(200, as(weak, 'GET /api/organizations'));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([organizationId]);
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions', '/api/auth/me/export'])
      await expectStatus(200, as(weak, `GET ${path}`));
    await expectStatus(200, as(weak, 'PATCH /api/auth/me', { nickname: 'Still here' }));
    await expectStatus(201, as(weak, 'POST /api/organizations', { name: 'Of my own' }));
    await expectStatus(200, as(weak, 'POST /api/v1/auth/2fa/setup', { method: 'totp' }));
    expect(
      refusal(await as(weak, `DELETE /api/organizations/${organizationId}/members/${owner.id}`)),
    ).toEqual(REFUSED);
    await expectStatus(204, as(weak, `DELETE /api/organizations/${organizationId}/members/${weak.id}`));
    expect(refusal(await as(weak, read()))).toEqual([404, 'organization_not_found']);
  });

  it('is not there for strangers, whatever it demands', async () => {
    await expectStatus(200, enforce());
    const stranger = await givenPerson(app);
    expect(refusal(await as(stranger, read()))).toEqual([404, 'organization_not_found']);
  });

  it('is opened by setting up a factor, for older tokens of that session too', async () => {
    const weak = await admin();
    await expectStatus(200, enforce());
    const older = weak.accessToken;
    const renewed = await expectStatus(200, app.post('/api/v1/auth/refresh', undefined, { token: older }));
    expect(refusal(await as(weak, read()))).toEqual(REFUSED);
    await enableTwoFactor(app, weak, 'totp');
    for (const accessToken of [older, renewed.body.access_token])
      await expectStatus(200, as({ ...weak, accessToken }, read()));
  });

  it('is opened by a step-up of the present session alone, without logging anybody out', async () => {
    const person = await admin();
    await enableTwoFactor(app, person, 'totp');
    const here = { ...person, accessToken: await openWeak(person) };
    const there = { ...person, accessToken: await openWeak(person) };
    await expectStatus(200, enforce());
    for (const session of [here, there]) expect(refusal(await as(session, read()))).toEqual(REFUSED);
    const older = here.accessToken;
    const code = freshTotp(app, person);
    const lifted = await expectStatus(200, as(here, 'POST /api/v1/auth/step-up', { code }));
    expect(Object.keys(lifted.body).sort()).toEqual(['access_token', 'token_type']);
    for (const accessToken of [older, lifted.body.access_token])
      await expectStatus(200, as({ ...person, accessToken }, read()));
    expect(refusal(await as(there, read()))).toEqual(REFUSED);
    await expectStatus(200, as(there, 'GET /api/auth/me'));
  });

  it('stays closed after a wrong code, and after the code of somebody else', async () => {
    const person = await admin();
    await enableTwoFactor(app, person, 'totp');
    const weak = { ...person, accessToken: await openWeak(person) };
    await expectStatus(200, enforce());
    const code = freshTotp(app, owner);
    expect(refusal(await as(weak, 'POST /api/v1/auth/step-up', { code }))).toEqual([
      401,
      'two_factor_code_invalid',
    ]);
    expect(refusal(await as(weak, read()))).toEqual(REFUSED);
    await expectStatus(200, as(owner, 'POST /api/v1/auth/step-up', { code }));
  });

  it('cannot be entered from the side: by a move out of another organization, or by a replay', async () => {
    const weak = await admin();
    const own = await expectStatus(201, as(weak, 'POST /api/organizations', { name: 'Of my own' }));
    const friend = await givenMemberOf(app, { organizationId: own.body.id, by: weak });
    const team = { name: 'Blue' };
    const replay = { token: weak.accessToken, headers: { 'idempotency-key': 'a-team' } };
    const teams = `/api/organizations/${organizationId}/teams`;
    await expectStatus(201, app.post(teams, team, replay));
    await expectStatus(200, enforce());
    const move = `PUT /api/organizations/${own.body.id}/members/${friend.id}`;
    expect(refusal(await as(weak, move, { organization_id: organizationId }))).toEqual(REFUSED);
    expect(refusal(await app.post(teams, team, replay))).toEqual(REFUSED);
    const { body } = await expectStatus(200, as(owner, `${read()}/members`));
    expect(body.map(({ user_id }: { user_id: string }) => user_id)).not.toContain(friend.id);
  });

  it('opens again to everybody when it stops', async () => {
    const weak = await admin();
    await expectStatus(200, enforce());
    expect(refusal(await enforce(false, weak))).toEqual(REFUSED);
    expect(refusal(await as(weak, read()))).toEqual(REFUSED);
    await expectStatus(200, enforce(false));
    await expectStatus(200, as(weak, read()));
  });

  it.each(['/api/organizations/:org_id', '/api/v1/organization'])(
    'can do so only from a session with a second factor: PATCH %s',
    async (path) => {
      const weak = await admin();
      await expectStatus(200, choose(weak));
      const route = `PATCH ${path.replace(':org_id', organizationId)}`;
      expect(refusal(await as(weak, route, { enforce_2fa: true }))).toEqual(REFUSED);
      await enableTwoFactor(app, weak, 'totp');
      const login = { ...weak, accessToken: await openWeak(weak) };
      expect(refusal(await as(login, route, { enforce_2fa: true }))).toEqual(REFUSED); // has one, did not use it
      for (const value of ['yes', 1, null])
        expect(refusal(await as(weak, route, { enforce_2fa: value }))).toEqual([400, 'validation_failed']);
      await expectStatus(200, as(login, route, { enforce_2fa: false })); // nothing changes
      await expectStatus(200, as(login, read()));
      expect((await expectStatus(200, as(weak, route, { enforce_2fa: true }))).body.enforce_2fa ?? true).toBe(
        true,
      );
      expect(refusal(await as(login, read()))).toEqual(REFUSED);
    },
  );

  describe('and a person it merely added', () => {
    let person: Person;

    beforeEach(async () => {
      person = await givenPerson(app);
      const add = { user_id: person.id, role: 'member' };
      await expectStatus(201, as(owner, `POST /api/organizations/${organizationId}/members`, add));
    });

    async function expectFree(): Promise<void> {
      await expectStatus(200, enforce());
      await expectStatus(200, passwordGrant(app, person));
      await logIn(app, person);
    }

    async function expectSetup(): Promise<void> {
      await expectStatus(200, enforce());
      const { email, password } = person;
      expect(refusal(await passwordGrant(app, person))).toEqual([403, 'two_factor_setup_required']);
      const xc = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      expect(xc.body).toMatchObject({ access_token: null, two_factor_setup_required: true });
    }

    it('cannot make them set one up at login', () => expectFree());

    it('cannot even when they look at their organizations, or are refused at its door', async () => {
      await expectStatus(200, as(person, 'GET /api/organizations'));
      await expectStatus(200, as(person, 'GET /api/api-keys'));
      await expectStatus(200, enforce());
      expect(refusal(await as(person, read()))).toEqual(REFUSED);
      await expectFree();
    });

    it.each(['GET /api/organizations/:org_id', 'GET /api/organizations/:org_id/members'])(
      'does once they have used it: %s',
      async (route) => {
        await expectStatus(200, as(person, route.replace(':org_id', organizationId)));
        await expectSetup();
      },
    );

    it('does once they have made a key in it', async () => {
      const body = { name: 'x', organization_id: organizationId, scopes: ['rag:read'] };
      await expectStatus(201, as(person, 'POST /api/api-keys', body));
      await expectSetup();
    });

    it('does once they have chosen it as their primary organization', async () => {
      const own = await expectStatus(201, as(person, 'POST /api/organizations', { name: 'Of my own' }));
      await expectStatus(200, as(person, 'PATCH /api/auth/me', { organization_id: own.body.id }));
      await expectStatus(200, choose(person));
      await expectSetup();
    });

    it('does not once they have chosen another', async () => {
      const own = await expectStatus(201, as(person, 'POST /api/organizations', { name: 'Of my own' }));
      await expectStatus(200, as(person, 'PATCH /api/auth/me', { organization_id: own.body.id }));
      await expectFree();
    });
  });
});
