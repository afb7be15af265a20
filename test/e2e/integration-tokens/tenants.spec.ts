import { givenKey, withKey } from '@test/support/auth/api-keys.js';
import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import { flawOf, givenToken, GRANT, integration, jwksOf } from '@test/support/auth/integration-tokens.js';
import {
  givenFounder,
  givenMemberOf,
  givenPerson,
  type Person,
  refusal,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const LIST = 'GET /api/admin/integration-token-revocations';

describe('the tenant of an integration token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  async function found(by: Person, name: string): Promise<string> {
    const request = app.post('/api/organizations', { name }, { token: by.accessToken });
    return (await expectStatus(201, request)).body.id;
  }

  async function granted(by: Person, request: object = {}): Promise<string> {
    return (await givenToken(app, by, request)).tenantId;
  }

  /** Every call that may leave the tenant open. */
  const OPEN: [string, object | undefined][] = [
    ['POST grant', GRANT],
    ['POST keys/rotate', {}],
    ['POST keys/rotate', undefined],
    ['POST revoke', { jti: UNKNOWN_ID }],
    [LIST, undefined],
  ];

  it('is the only organization of somebody with one', async () => {
    const person = await givenPerson(app);
    for (const [route, body] of OPEN)
      expect([route, ...refusal(await integration(app, person, route, body))]).toEqual([
        route,
        404,
        'no_organization',
      ]);
    const id = await found(person, 'Only');
    expect(await granted(person)).toBe(id);
  });

  it('must be named by somebody with several, until they choose one', async () => {
    const person = await givenPerson(app);
    const [one, two] = [await found(person, 'One'), await found(person, 'Two')];
    for (const [route, body] of OPEN) {
      const answer = await integration(app, person, route, body);
      expect([route, ...refusal(answer)]).toEqual([route, 400, 'validation_failed']);
      expect(answer.body.detail.fields[0].path).toBe('tenantId');
    }
    for (const id of [one, two]) {
      expect(await granted(person, { tenantId: id })).toBe(id);
      expect(await granted(person, { tenantId: id.toUpperCase() })).toBe(id);
    }
    const choice = { organization_id: two };
    await expectStatus(200, app.patch('/api/auth/me', choice, { token: person.accessToken }));
    expect(await granted(person)).toBe(two);
    expect(await granted(person, { tenantId: one })).toBe(one);
  });

  it('is the chosen one also where that was the oldest anyway', async () => {
    const person = await givenPerson(app);
    const one = await found(person, 'One');
    await found(person, 'Two');
    await expectStatus(
      200,
      app.patch('/api/auth/me', { organization_id: one }, { token: person.accessToken }),
    );
    expect(await granted(person)).toBe(one);
  });

  it('is home where there is one, and not the stranger that added them', async () => {
    const [owner, stranger] = [await givenFounder(app), await givenFounder(app)];
    const add = { user_id: owner.id, role: 'admin' };
    const members = `/api/organizations/${stranger.organizationId}/members`;
    await expectStatus(201, app.post(members, add, { token: stranger.accessToken }));
    expect(await granted(owner)).toBe(owner.organizationId);
    await found(owner, 'Another');
    expect(await granted(owner)).toBe(owner.organizationId);
  });

  it('is the one of the token that is rotated or revoked', async () => {
    const person = await givenPerson(app);
    const [one, two] = [await found(person, 'One'), await found(person, 'Two')];
    const tokens = [
      await givenToken(app, person, { tenantId: one }),
      await givenToken(app, person, { tenantId: two }),
    ];
    for (const { token, tenantId } of tokens) {
      const next = await expectStatus(
        201,
        integration(app, person, 'POST rotate', { integrationToken: token }),
      );
      expect(next.body.tenantId).toBe(tenantId);
      await expectStatus(200, integration(app, person, 'POST revoke', { integrationToken: next.body.token }));
      expect(await flawOf(app, person, next.body)).toBe('manual-revoke');
    }
    const [first] = tokens;
    const crossed = { integrationToken: first?.token, tenantId: two };
    for (const route of ['POST rotate', 'POST revoke'])
      expect(refusal(await integration(app, person, route, crossed))).toEqual([
        404,
        'integration_token_not_found',
      ]);
  });

  it('is the one of the API key, which knows no other', async () => {
    const person = await givenPerson(app);
    const [one, two] = [await found(person, 'One'), await found(person, 'Two')];
    const scopes = ['integrations:write' as const, 'integrations:read' as const];
    const key = await givenKey(app, { organizationId: two, by: person, scopes });
    const made = await expectStatus(201, withKey(app, key, 'POST /api/integration/grant', GRANT));
    expect(made.body.tenantId).toBe(two);
    const { token: integrationToken } = await givenToken(app, person, { tenantId: one });
    const hidden = [404, 'organization_not_found'];
    for (const [path, body] of [
      ['grant', { ...GRANT, tenantId: one }],
      ['verify', { token: integrationToken, tenantId: one }],
      ['rotate', { integrationToken }],
      ['revoke', { integrationToken }],
      ['keys/rotate', { tenantId: one }],
    ] as [string, object][])
      expect([path, ...refusal(await withKey(app, key, `POST /api/integration/${path}`, body))]).toEqual([
        path,
        ...hidden,
      ]);
  });

  it('is not found by outsiders on any route, and nothing happens to it', async () => {
    const owner = await givenFounder(app);
    const { organizationId: tenantId } = owner;
    const { token, jti, kid } = await givenToken(app, owner);
    const elsewhere = await givenFounder(app);
    const at = { organizationId: elsewhere.organizationId, by: elsewhere };
    const outsiders = [elsewhere, await givenMemberOf(app, at), await givenPerson(app)];
    const calls: [string, object | undefined][] = [
      ['POST grant', { ...GRANT, tenantId }],
      ['POST verify', { token, tenantId }],
      ['POST revoke', { tenantId, jti }],
      ['POST revoke', { integrationToken: token }],
      ['POST rotate', { integrationToken: token }],
      ['POST rotate', { integrationToken: token, tenantId }],
      ['POST keys/rotate', { tenantId }],
      [`${LIST}?tenantId=${tenantId}`, undefined],
    ];
    for (const outsider of outsiders)
      for (const [route, body] of calls) {
        const [foreign, missing] = [
          body,
          body && JSON.parse(JSON.stringify(body).replace(tenantId, UNKNOWN_ID)),
        ];
        const hidden = refusal(await integration(app, outsider, route, foreign));
        expect([route, ...hidden]).toEqual([route, 404, 'organization_not_found']);
        if ('tenantId' in (missing ?? {}))
          expect(refusal(await integration(app, outsider, route, missing))).toEqual(hidden); // no telling them apart
      }
    expect(await flawOf(app, owner, { token, tenantId })).toBeNull();
    expect((await jwksOf(app, tenantId)).map((key) => key.kid)).toEqual([kid]);
  });

  it('does not matter to somebody who is not signed in', async () => {
    const { organizationId: tenantId } = await givenFounder(app);
    for (const [route, body] of [...OPEN, ['POST verify', { token: 'a.b.c', tenantId }]] as typeof OPEN) {
      const [method, path] = route.split(' ') as [string, string];
      const answer: Answer = await app.call(
        method,
        path.startsWith('/') ? path : `/api/integration/${path}`,
        { body },
      );
      expect([route, ...refusal(answer)]).toEqual([route, 401, 'token_invalid']);
    }
  });

  it('gives the same answer to the same Idempotency-Key, to its own caller only', async () => {
    const owner = await givenFounder(app);
    const headers = { 'idempotency-key': 'one-grant' };
    const grant = (by: Person): Promise<Answer> =>
      app.post('/api/integration/grant', GRANT, { token: by.accessToken, headers });
    const first = await expectStatus(201, grant(owner));
    const again = await expectStatus(201, grant(owner));
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', first.body]);
    const other = await expectStatus(201, grant(await givenFounder(app)));
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(other.body.jti).not.toBe(first.body.jti);
  });
});
