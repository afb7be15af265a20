import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  type TestIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
} from '@test/support/auth/integration-tokens.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  type UserWithId,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

interface ListedRevocation {
  jti: string;
  reason: string;
}

const REVOCATIONS_URL = '/api/admin/integration-token-revocations';

describe('an integration token ends', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let grantedToken: TestIntegrationToken;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    grantedToken = await givenIntegrationToken(app, owner, { ttlSeconds: 600 });
  });
  afterAll(() => app.stop());

  const revoke = (body: object, by: UserWithId = owner): Promise<TestResponse> =>
    callIntegration(app, by, 'POST revoke', body);
  const rotate = (body: object, by: UserWithId = owner): Promise<TestResponse> =>
    callIntegration(app, by, 'POST rotate', body);
  const invalidReason = (token = grantedToken): Promise<string | null> => getInvalidReason(app, owner, token);
  const listRevocations = async (): Promise<ListedRevocation[]> =>
    (await listAllPages<ListedRevocation>(app, REVOCATIONS_URL, owner.accessToken)).rows;

  describe('by revocation', () => {
    it.each([
      ['its token', (): object => ({ integrationToken: grantedToken.token })],
      ['tenant and jti', (): object => ({ tenantId: grantedToken.tenantId, jti: grantedToken.jti })],
      [
        'tenant and jti in capitals',
        (): object => ({ tenantId: grantedToken.tenantId, jti: grantedToken.jti.toUpperCase() }),
      ],
    ])('named by %s, immediately; repeating the request has no effect', async (_name, named) => {
      const first = await expectStatus(200, revoke({ ...named(), reason: 'security-incident' }));
      expect(first.body).toEqual({ revoked: true, jti: grantedToken.jti });
      const { token, tenantId } = grantedToken;
      const result = await callIntegration(app, owner, 'POST verify', { token, tenantId });
      expect(result.body).toEqual({
        valid: false,
        revoked: true,
        reason: 'security-incident',
        claims: expect.objectContaining({ jti: grantedToken.jti }),
      });
      app.clock.advance(5);
      const [entry] = await listRevocations();
      const again = await expectStatus(200, revoke({ ...named(), reason: 'again' }));
      expect(again.body).toEqual(first.body);
      expect(await listRevocations()).toEqual([entry]); // neither the reason nor the instant changes
    });

    it('without an effect on other tokens, and is still reported after the token expires', async () => {
      const other = await givenIntegrationToken(app, owner, { ttlSeconds: 3600 });
      await expectStatus(200, revoke({ integrationToken: grantedToken.token }));
      expect([await invalidReason(), await invalidReason(other)]).toEqual(['manual-revoke', null]);
      app.clock.advance(700);
      expect([await invalidReason(), await invalidReason(other)]).toEqual(['manual-revoke', null]);
    });

    it.each([
      ['integrationToken', (): object => ({})],
      ['integrationToken', (): object => ({ integrationToken: grantedToken.token, jti: grantedToken.jti })],
      ['integrationToken', (): object => ({ integrationToken: '' })],
      ['jti', (): object => ({ tenantId: grantedToken.tenantId, jti: 'abc' })],
      ['reason', (): object => ({ integrationToken: grantedToken.token, reason: '' })],
      ['reason', (): object => ({ integrationToken: grantedToken.token, reason: 'x'.repeat(201) })],
      ['token', (): object => ({ token: grantedToken.token, integrationToken: grantedToken.token })],
    ])('is refused without a valid %s', async (path, body) => {
      const response = await revoke(body());
      expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
      expect(response.body.detail.fields[0].path).toBe(path);
      expect(await invalidReason()).toBeNull();
    });

    it('only within the tenant, and does not reveal the tokens of other tenants', async () => {
      const stranger = await givenOwnerWithId(app);
      const { token, jti, tenantId } = grantedToken;
      const hidden = [404, 'organization_not_found'];
      expect(statusAndCode(await revoke({ integrationToken: token }, stranger))).toEqual(hidden);
      expect(statusAndCode(await revoke({ tenantId, jti }, stranger))).toEqual(hidden);
      expect(statusAndCode(await revoke({ tenantId: UNKNOWN_ID, jti }, stranger))).toEqual(hidden);
      const unknown = [404, 'integration_token_not_found'];
      const own = { tenantId: stranger.organizationId };
      expect(statusAndCode(await revoke({ ...own, jti }, stranger))).toEqual(unknown);
      expect(statusAndCode(await revoke({ ...own, integrationToken: token }, stranger))).toEqual(unknown);
      expect(statusAndCode(await revoke({ ...own, jti: UNKNOWN_ID }, stranger))).toEqual(unknown);
      expect(statusAndCode(await revoke({ ...own, integrationToken: 'nonsense' }, stranger))).toEqual(
        unknown,
      );
      expect(await invalidReason()).toBeNull();
    });

    it('and is listed, the latest revocation first, on any page size', async () => {
      const made: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        const { jti } = await givenIntegrationToken(app, owner);
        await expectStatus(200, revoke({ jti, tenantId: grantedToken.tenantId, reason: `reason ${index}` }));
        app.clock.advance(1);
        made.unshift(jti);
      }
      const { rows, pages } = await listAllPages<ListedRevocation>(
        app,
        `${REVOCATIONS_URL}?limit=2`,
        owner.accessToken,
      );
      expect([rows.map(({ jti }) => jti), pages]).toEqual([made, 3]);
      expect(rows[0]).toEqual({
        jti: made[0],
        tenantId: grantedToken.tenantId,
        reason: 'reason 4',
        revokedAt: expect.stringMatching(/Z$/),
        revokedBy: owner.id,
        expiresAt: expect.stringMatching(/Z$/),
      });
      for (const query of ['?limit=0', '?cursor=x', '?tenantId=acme', '?tenantId=a&tenantId=b'])
        expect(
          statusAndCode(await app.get(`${REVOCATIONS_URL}${query}`, { token: owner.accessToken }))[0],
        ).toBe(400);
      const stranger = await givenOwnerWithId(app);
      const foreign = await app.get(`${REVOCATIONS_URL}?tenantId=${grantedToken.tenantId}`, {
        token: stranger.accessToken,
      });
      expect(statusAndCode(foreign)).toEqual([404, 'organization_not_found']);
      expect((await app.get(REVOCATIONS_URL, { token: stranger.accessToken })).body).toEqual([]);
    });
  });

  describe('by rotation', () => {
    it('and is replaced by a token with the same properties', async () => {
      const { body } = await expectStatus(201, rotate({ integrationToken: grantedToken.token }));
      expect(body).toMatchObject({
        ...GRANT_REQUEST,
        mode: 'api',
        expiresIn: 600,
        tenantId: grantedToken.tenantId,
      });
      expect(body.jti).not.toBe(grantedToken.jti);
      expect([await invalidReason(body), await invalidReason()]).toEqual([null, 'rotated']);
      expect((await listRevocations()).map(({ jti, reason }) => [jti, reason])).toEqual([
        [grantedToken.jti, 'rotated'],
      ]);
    });

    it('and the new token has the properties that the request names', async () => {
      const terms = { mode: 'embed', origin: 'https://b.example', scopes: ['live:use'], ttlSeconds: 60 };
      const request = { integrationToken: grantedToken.token, reason: 'moved', ...terms };
      const { body } = await expectStatus(201, rotate(request));
      const { ttlSeconds, ...others } = terms;
      expect(body).toMatchObject({ ...others, expiresIn: ttlSeconds });
      expect(await invalidReason()).toBe('moved');
    });

    it('but not when the request keeps the old token', async () => {
      const { body } = await expectStatus(
        201,
        rotate({ integrationToken: grantedToken.token, revokeOld: false }),
      );
      expect([await invalidReason(body), await invalidReason()]).toEqual([null, null]);
      expect(await listRevocations()).toEqual([]);
    });

    it('only while it is valid', async () => {
      const inactive = [409, 'integration_token_inactive'];
      await expectStatus(201, rotate({ integrationToken: grantedToken.token }));
      expect(statusAndCode(await rotate({ integrationToken: grantedToken.token }))).toEqual(inactive);
      expect(statusAndCode(await rotate({ integrationToken: grantedToken.token, revokeOld: false }))).toEqual(
        inactive,
      );
      const short = await givenIntegrationToken(app, owner, { ttlSeconds: 60 });
      app.clock.advance(61);
      expect(statusAndCode(await rotate({ integrationToken: short.token }))).toEqual(inactive);
      expect(statusAndCode(await rotate({ integrationToken: 'nonsense' }))).toEqual([
        404,
        'integration_token_not_found',
      ]);
      for (const wrong of [
        {},
        { integrationToken: grantedToken.token, revokeOld: 'no' },
        { integrationToken: grantedToken.token, ttlSeconds: 10 },
      ])
        expect(statusAndCode(await rotate(wrong))).toEqual([400, 'validation_failed']);
    });

    it('once: of 20 concurrent rotations one succeeds', async () => {
      const other = await TestApp.start({ siblingOf: app });
      try {
        for (let round = 0; round < 3; round += 1) {
          const { token, jti } = await givenIntegrationToken(app, owner);
          const responses = await inParallel(20, (index) =>
            callIntegration(index % 2 ? app : other, owner, 'POST rotate', { integrationToken: token }),
          );
          const succeeded = responses.filter(({ status }) => status === 201);
          expect(succeeded).toHaveLength(1);
          for (const refused of responses.filter((response) => response !== succeeded[0]))
            expect(statusAndCode(refused)).toEqual([409, 'integration_token_inactive']);
          expect(await invalidReason(succeeded[0]?.body)).toBeNull();
          const replacing = await app.sql<{ count: number }>(
            `SELECT count(*)::int FROM audit_events WHERE action = 'integration_token.rotated' AND details ->> 'replaces' = $1`,
            [jti],
          );
          expect(replacing).toEqual([{ count: 1 }]);
        }
      } finally {
        await other.stop();
      }
    });
  });
});
