import jwt from 'jsonwebtoken';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { enableTwoFactor, getTempToken } from '@test/support/auth/given-users.js';
import { nextTotpCode, requestPasswordGrant, finishXcLogin } from '@test/support/auth/two-factor-steps.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { declaredRoutes } from '@test/support/http/routes.js';
import {
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const TWO_FACTOR_REQUIRED = [403, 'two_factor_required'];

type OwnerWithOrganization = UserWithId & { organizationId: string };

describe('an organization that starts to require a second factor', () => {
  let app: TestApp;
  let owner: OwnerWithOrganization;
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    organizationId = owner.organizationId;
    await enableTwoFactor(app, owner, 'totp');
  });
  afterAll(() => app.stop());

  const setEnforcement = (enforce_2fa = true, by: UserWithId = owner): Promise<TestResponse> =>
    app.patch(`/api/organizations/${organizationId}`, { enforce_2fa }, { token: by.accessToken });
  const callAs = (by: UserWithId, route: string, body?: unknown): Promise<TestResponse> => {
    const [method, url] = route.split(' ') as [string, string];
    return app.call(method, url, { body, token: by.accessToken });
  };
  const givenAdmin = (): Promise<UserWithId> => givenMember(app, { organizationId, by: owner }, 'admin');
  const organizationRoute = (): string => `GET /api/organizations/${organizationId}`;
  const chooseOrganization = (by: UserWithId): Promise<TestResponse> =>
    callAs(by, 'PATCH /api/auth/me', { organization_id: organizationId });

  /** Logs in and then enrols a factor: the session is older than the factor and has not used it. */
  async function openSessionWithoutFactor(person: UserWithId): Promise<string> {
    const login = await expectStatus(
      200,
      finishXcLogin(app, await getTempToken(app, person), person.backupCodes.pop() ?? ''),
    );
    const { sid } = jwt.decode(login.body.access_token) as jwt.JwtPayload;
    const text =
      'UPDATE sessions SET second_factor_at = NULL, second_factor_method = NULL WHERE id = $1 RETURNING id';
    expect(await app.sql(text, [sid])).toHaveLength(1);
    return login.body.access_token as string;
  }

  /** Calls a route with only the values from which the guard finds the organization. */
  function callRoute(by: UserWithId, route: string): Promise<TestResponse> {
    const [method, path = ''] = route.split(' ') as [string, string];
    const url = path.replace(':org_id', organizationId).replace(/:\w+/g, owner.id);
    const query = new URLSearchParams(path.startsWith('/api/admin') ? { tenantId: organizationId } : {});
    if (path.endsWith('/access')) query.set('action', 'organization.read');
    if (method === 'GET') return callAs(by, `GET ${url}?${query.toString()}`);
    const named = path.startsWith('/api/integration') ? 'tenantId' : 'organization_id';
    const needs = named === 'tenantId' || path === '/api/api-keys';
    return callAs(
      by,
      `${method} ${url}`,
      method === 'DELETE' ? undefined : needs ? { [named]: organizationId } : {},
    );
  }

  it('refuses sessions without a second factor on every route of both APIs', async () => {
    const [strong, weak] = [owner, await givenAdmin()];
    await expectStatus(200, chooseOrganization(weak));
    const routes = declaredRoutes(app).filter(({ access }) => access?.organization);
    expect(routes.length).toBeGreaterThan(30);
    await expectStatus(200, setEnforcement());
    for (const { route } of routes) {
      const response = await callRoute(weak, route);
      expect([route, ...statusAndCode(response)]).toEqual([route, ...TWO_FACTOR_REQUIRED]);
      expect(response.body.detail.error).toBe('two_factor_required');
    }
    // Rows that a path names in an organization are others' tests.
    const lists = routes.filter(({ route }) => /^GET /.test(route) && !/:(?!org_id|user_id)\w+/.test(route));
    for (const { route } of lists)
      expect([route, (await callRoute(strong, route)).status]).toEqual([route, 200]);
    const logInVariant = routes.map(({ route }) => route.split(' ')[1] ?? '');
    for (const prefix of [
      '/api/organizations/',
      '/api/v1/organization',
      '/api/v1/users',
      '/api/v1/invitations',
    ])
      expect(logInVariant.some((path) => path.startsWith(prefix))).toBe(true);
  });

  it('still allows its members to set up a second factor and to leave', async () => {
    const weak = await givenAdmin();
    await expectStatus(200, chooseOrganization(weak));
    await expectStatus(200, setEnforcement());
    const { body: listed } = await expectStatus(200, callAs(weak, 'GET /api/organizations'));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([organizationId]);
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions', '/api/auth/me/export'])
      await expectStatus(200, callAs(weak, `GET ${path}`));
    await expectStatus(200, callAs(weak, 'PATCH /api/auth/me', { nickname: 'Still here' }));
    await expectStatus(201, callAs(weak, 'POST /api/organizations', { name: 'Of my own' }));
    await expectStatus(200, callAs(weak, 'POST /api/v1/auth/2fa/setup', { method: 'totp' }));
    expect(
      statusAndCode(await callAs(weak, `DELETE /api/organizations/${organizationId}/members/${owner.id}`)),
    ).toEqual(TWO_FACTOR_REQUIRED);
    await expectStatus(204, callAs(weak, `DELETE /api/organizations/${organizationId}/members/${weak.id}`));
    expect(statusAndCode(await callAs(weak, organizationRoute()))).toEqual([404, 'organization_not_found']);
  });

  it('answers 404 to outsiders, whether or not they have a second factor', async () => {
    await expectStatus(200, setEnforcement());
    const stranger = await givenUserWithId(app);
    expect(statusAndCode(await callAs(stranger, organizationRoute()))).toEqual([
      404,
      'organization_not_found',
    ]);
  });

  it('accepts a session after it set up a factor, also with older access tokens of the session', async () => {
    const weak = await givenAdmin();
    await expectStatus(200, setEnforcement());
    const older = weak.accessToken;
    const renewed = await expectStatus(200, app.post('/api/v1/auth/refresh', undefined, { token: older }));
    expect(statusAndCode(await callAs(weak, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    await enableTwoFactor(app, weak, 'totp');
    for (const accessToken of [older, renewed.body.access_token])
      await expectStatus(200, callAs({ ...weak, accessToken }, organizationRoute()));
  });

  it('accepts a session after its step-up, and ends no other session', async () => {
    const person = await givenAdmin();
    await enableTwoFactor(app, person, 'totp');
    const here = { ...person, accessToken: await openSessionWithoutFactor(person) };
    const there = { ...person, accessToken: await openSessionWithoutFactor(person) };
    await expectStatus(200, setEnforcement());
    for (const session of [here, there])
      expect(statusAndCode(await callAs(session, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    const older = here.accessToken;
    const code = nextTotpCode(app, person);
    const afterRemoval = await expectStatus(200, callAs(here, 'POST /api/v1/auth/step-up', { code }));
    expect(Object.keys(afterRemoval.body).sort()).toEqual(['access_token', 'token_type']);
    for (const accessToken of [older, afterRemoval.body.access_token])
      await expectStatus(200, callAs({ ...person, accessToken }, organizationRoute()));
    expect(statusAndCode(await callAs(there, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    await expectStatus(200, callAs(there, 'GET /api/auth/me'));
  });

  it('refuses a session after a wrong code, and after the code of another user', async () => {
    const person = await givenAdmin();
    await enableTwoFactor(app, person, 'totp');
    const weak = { ...person, accessToken: await openSessionWithoutFactor(person) };
    await expectStatus(200, setEnforcement());
    const code = nextTotpCode(app, owner);
    expect(statusAndCode(await callAs(weak, 'POST /api/v1/auth/step-up', { code }))).toEqual([
      401,
      'two_factor_code_invalid',
    ]);
    expect(statusAndCode(await callAs(weak, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    await expectStatus(200, callAs(owner, 'POST /api/v1/auth/step-up', { code }));
  });

  it('refuses a move into it from another organization, and the replay of a stored response', async () => {
    const weak = await givenAdmin();
    const own = await expectStatus(201, callAs(weak, 'POST /api/organizations', { name: 'Of my own' }));
    const friend = await givenMember(app, { organizationId: own.body.id, by: weak });
    const team = { name: 'Blue' };
    const replay = { token: weak.accessToken, headers: { 'idempotency-key': 'a-team' } };
    const teams = `/api/organizations/${organizationId}/teams`;
    await expectStatus(201, app.post(teams, team, replay));
    await expectStatus(200, setEnforcement());
    const move = `PUT /api/organizations/${own.body.id}/members/${friend.id}`;
    expect(statusAndCode(await callAs(weak, move, { organization_id: organizationId }))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    expect(statusAndCode(await app.post(teams, team, replay))).toEqual(TWO_FACTOR_REQUIRED);
    const { body } = await expectStatus(200, callAs(owner, `${organizationRoute()}/members`));
    expect(body.map(({ user_id }: { user_id: string }) => user_id)).not.toContain(friend.id);
  });

  it('accepts all sessions again when it no longer requires one', async () => {
    const weak = await givenAdmin();
    await expectStatus(200, setEnforcement());
    expect(statusAndCode(await setEnforcement(false, weak))).toEqual(TWO_FACTOR_REQUIRED);
    expect(statusAndCode(await callAs(weak, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    await expectStatus(200, setEnforcement(false));
    await expectStatus(200, callAs(weak, organizationRoute()));
  });

  it.each(['/api/organizations/:org_id', '/api/v1/organization'])(
    'can be changed so only by a session with a second factor: PATCH %s',
    async (path) => {
      const weak = await givenAdmin();
      await expectStatus(200, chooseOrganization(weak));
      const route = `PATCH ${path.replace(':org_id', organizationId)}`;
      expect(statusAndCode(await callAs(weak, route, { enforce_2fa: true }))).toEqual(TWO_FACTOR_REQUIRED);
      await enableTwoFactor(app, weak, 'totp');
      const login = { ...weak, accessToken: await openSessionWithoutFactor(weak) };
      expect(statusAndCode(await callAs(login, route, { enforce_2fa: true }))).toEqual(TWO_FACTOR_REQUIRED); // has one, did not use it
      for (const value of ['yes', 1, null])
        expect(statusAndCode(await callAs(weak, route, { enforce_2fa: value }))).toEqual([
          400,
          'validation_failed',
        ]);
      await expectStatus(200, callAs(login, route, { enforce_2fa: false })); // nothing changes
      await expectStatus(200, callAs(login, organizationRoute()));
      expect(
        (await expectStatus(200, callAs(weak, route, { enforce_2fa: true }))).body.enforce_2fa ?? true,
      ).toBe(true);
      expect(statusAndCode(await callAs(login, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
    },
  );

  describe('with a member who was added by an admin', () => {
    let person: UserWithId;

    beforeEach(async () => {
      person = await givenUserWithId(app);
      const add = { user_id: person.id, role: 'member' };
      await expectStatus(201, callAs(owner, `POST /api/organizations/${organizationId}/members`, add));
    });

    async function expectLoginAllowed(): Promise<void> {
      await expectStatus(200, setEnforcement());
      await expectStatus(200, requestPasswordGrant(app, person));
      await logIn(app, person);
    }

    async function expectSetupRequired(): Promise<void> {
      await expectStatus(200, setEnforcement());
      const { email, password } = person;
      expect(statusAndCode(await requestPasswordGrant(app, person))).toEqual([
        403,
        'two_factor_setup_required',
      ]);
      const xc = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      expect(xc.body).toMatchObject({ access_token: null, two_factor_setup_required: true });
    }

    it('does not require a second factor at log-in', () => expectLoginAllowed());

    it('does not require one at log-in after the member listed their organizations or was refused', async () => {
      await expectStatus(200, callAs(person, 'GET /api/organizations'));
      await expectStatus(200, callAs(person, 'GET /api/api-keys'));
      await expectStatus(200, setEnforcement());
      expect(statusAndCode(await callAs(person, organizationRoute()))).toEqual(TWO_FACTOR_REQUIRED);
      await expectLoginAllowed();
    });

    it.each(['GET /api/organizations/:org_id', 'GET /api/organizations/:org_id/members'])(
      'requires one at log-in after the member used the organization: %s',
      async (route) => {
        await expectStatus(200, callAs(person, route.replace(':org_id', organizationId)));
        await expectSetupRequired();
      },
    );

    it('requires one at log-in after the member created an API key in it', async () => {
      const body = { name: 'x', organization_id: organizationId, scopes: ['rag:read'] };
      await expectStatus(201, callAs(person, 'POST /api/api-keys', body));
      await expectSetupRequired();
    });

    it('requires one at log-in after the member chose it as their primary organization', async () => {
      const own = await expectStatus(201, callAs(person, 'POST /api/organizations', { name: 'Of my own' }));
      await expectStatus(200, callAs(person, 'PATCH /api/auth/me', { organization_id: own.body.id }));
      await expectStatus(200, chooseOrganization(person));
      await expectSetupRequired();
    });

    it('does not require one at log-in after the member chose another primary organization', async () => {
      const own = await expectStatus(201, callAs(person, 'POST /api/organizations', { name: 'Of my own' }));
      await expectStatus(200, callAs(person, 'PATCH /api/auth/me', { organization_id: own.body.id }));
      await expectLoginAllowed();
    });
  });
});
