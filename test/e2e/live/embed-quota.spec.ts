import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenOwnerWithId, type OwnerWithId } from '@test/support/organizations/given-organizations.js';

const QUOTA = '/api/live/quota';
const ORIGIN = 'https://partner.example.com';

describe('the quota of embedded sessions', () => {
  let app: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const grant = async (scopes: string[]): Promise<string> => {
    const body = { tenantId: owner.organizationId, origin: ORIGIN, scopes };
    return (await expectStatus(201, app.post('/api/integration/grant', body, { token: owner.accessToken })))
      .body.token as string;
  };

  it('is shown to pages of the origin of a token, as bearer token and as parameter', async () => {
    const token = await grant(['quota:read']);
    for (const [url, bearer] of [
      [QUOTA, token],
      [`${QUOTA}?integration_token=${token}`, undefined],
    ] as const) {
      const response = await app.get(url, { token: bearer, headers: { origin: ORIGIN } });
      expect([response.status, response.body.plan, response.body.limit_seconds]).toEqual([200, 'free', 1800]);
      expect(response.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'Origin' });
    }
  });

  it('is refused to other origins, without the scope, after the revocation, and for another organization', async () => {
    const token = await grant(['quota:read']);
    const read = (by: string, origin = ORIGIN, query = '') =>
      app.get(`${QUOTA}${query}`, { token: by, headers: { origin } });
    const foreign = await read(token, 'https://other.example.com');
    expect(statusAndCode(foreign)).toEqual([403, 'origin_not_allowed']);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(statusAndCode(await read(await grant(['profile:read'])))).toEqual([403, 'grant_scope_missing']);
    const named = await read(token, ORIGIN, `?organization_id=${owner.organizationId}`);
    expect(statusAndCode(named)).toEqual([400, 'validation_failed']);
    expect(statusAndCode(await read('no.such.token'))).toEqual([401, 'token_invalid']);
    const revocation = { integrationToken: token, reason: 'test' };
    await expectStatus(200, app.post('/api/integration/revoke', revocation, { token: owner.accessToken }));
    expect(statusAndCode(await read(token))).toEqual([401, 'token_invalid']);
  });

  it('answers any preflight, and no other route does', async () => {
    const preflight = (url: string) =>
      app.call('OPTIONS', url, {
        headers: { origin: 'https://anywhere.example.com', 'access-control-request-method': 'GET' },
      });
    const { status, headers } = await preflight(QUOTA);
    expect([status, headers['access-control-allow-origin']]).toEqual([204, '*']);
    expect((await preflight('/api/live/transcripts')).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is no way around the other credentials', async () => {
    expect(statusAndCode(await app.get(QUOTA))).toEqual([401, 'token_invalid']);
    const token = await grant(['quota:read']);
    expect(statusAndCode(await app.get('/api/live/transcripts', { token }))).toEqual([401, 'token_invalid']);
  });
});
