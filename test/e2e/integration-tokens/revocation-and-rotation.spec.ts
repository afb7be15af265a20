import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  flawOf,
  givenToken,
  type GivenToken,
  GRANT,
  integration,
} from '@test/support/auth/integration-tokens.js';
import {
  givenCast,
  givenFounder,
  givenMemberOf,
  givenProvisioned,
  type Person,
  refusal,
  together,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

interface Revocation {
  jti: string;
  reason: string;
}

const LIST = '/api/admin/integration-token-revocations';

describe('the end of an integration token', () => {
  let app: TestApp;
  let owner: Person & { organizationId: string };
  let given: GivenToken;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    given = await givenToken(app, owner, { ttlSeconds: 600 });
  });
  afterAll(() => app.stop());

  const revoke = (body: object, by: Person = owner): Promise<Answer> =>
    integration(app, by, 'POST revoke', body);
  const rotate = (body: object, by: Person = owner): Promise<Answer> =>
    integration(app, by, 'POST rotate', body);
  const flaw = (token = given): Promise<string | null> => flawOf(app, owner, token);
  const listed = async (): Promise<Revocation[]> =>
    (await walk<Revocation>(app, LIST, owner.accessToken)).rows;

  describe('by revocation', () => {
    it.each([
      ['its token', (): object => ({ integrationToken: given.token })],
      ['tenant and jti', (): object => ({ tenantId: given.tenantId, jti: given.jti })],
      [
        'tenant and jti in capitals',
        (): object => ({ tenantId: given.tenantId, jti: given.jti.toUpperCase() }),
      ],
    ])('named by %s, is at once and can be said twice', async (_name, named) => {
      const first = await expectStatus(200, revoke({ ...named(), reason: 'security-incident' }));
      expect(first.body).toEqual({ revoked: true, jti: given.jti });
      const { token, tenantId } = given;
      const verdict = await integration(app, owner, 'POST verify', { token, tenantId });
      expect(verdict.body).toEqual({
        valid: false,
        revoked: true,
        reason: 'security-incident',
        claims: expect.objectContaining({ jti: given.jti }),
      });
      app.clock.advance(5);
      const [entry] = await listed();
      const again = await expectStatus(200, revoke({ ...named(), reason: 'again' }));
      expect(again.body).toEqual(first.body);
      expect(await listed()).toEqual([entry]); // neither the reason nor the moment moves
    });

    it('leaves other tokens alone, and is still there when the token is over', async () => {
      const other = await givenToken(app, owner, { ttlSeconds: 3600 });
      await expectStatus(200, revoke({ integrationToken: given.token }));
      expect([await flaw(), await flaw(other)]).toEqual(['manual-revoke', null]);
      app.clock.advance(700);
      expect([await flaw(), await flaw(other)]).toEqual(['manual-revoke', null]);
    });

    it.each([
      ['integrationToken', (): object => ({})],
      ['integrationToken', (): object => ({ integrationToken: given.token, jti: given.jti })],
      ['integrationToken', (): object => ({ integrationToken: '' })],
      ['jti', (): object => ({ tenantId: given.tenantId, jti: 'abc' })],
      ['reason', (): object => ({ integrationToken: given.token, reason: '' })],
      ['reason', (): object => ({ integrationToken: given.token, reason: 'x'.repeat(201) })],
      ['token', (): object => ({ token: given.token, integrationToken: given.token })],
    ])('needs a proper %s', async (path, body) => {
      const answer = await revoke(body());
      expect(refusal(answer)).toEqual([400, 'validation_failed']);
      expect(answer.body.detail.fields[0].path).toBe(path);
      expect(await flaw()).toBeNull();
    });

    it('reaches nothing of another tenant, and does not tell what exists there', async () => {
      const stranger = await givenFounder(app);
      const { token, jti, tenantId } = given;
      const hidden = [404, 'organization_not_found'];
      expect(refusal(await revoke({ integrationToken: token }, stranger))).toEqual(hidden);
      expect(refusal(await revoke({ tenantId, jti }, stranger))).toEqual(hidden);
      expect(refusal(await revoke({ tenantId: UNKNOWN_ID, jti }, stranger))).toEqual(hidden);
      const unknown = [404, 'integration_token_not_found'];
      const own = { tenantId: stranger.organizationId };
      expect(refusal(await revoke({ ...own, jti }, stranger))).toEqual(unknown);
      expect(refusal(await revoke({ ...own, integrationToken: token }, stranger))).toEqual(unknown);
      expect(refusal(await revoke({ ...own, jti: UNKNOWN_ID }, stranger))).toEqual(unknown);
      expect(refusal(await revoke({ ...own, integrationToken: 'nonsense' }, stranger))).toEqual(unknown);
      expect(await flaw()).toBeNull();
    });

    it('is listed newest first, page by page', async () => {
      const made: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        const { jti } = await givenToken(app, owner);
        await expectStatus(200, revoke({ jti, tenantId: given.tenantId, reason: `reason ${index}` }));
        app.clock.advance(1);
        made.unshift(jti);
      }
      const { rows, pages } = await walk<Revocation>(app, `${LIST}?limit=2`, owner.accessToken);
      expect([rows.map(({ jti }) => jti), pages]).toEqual([made, 3]);
      expect(rows[0]).toEqual({
        jti: made[0],
        tenantId: given.tenantId,
        reason: 'reason 4',
        revokedAt: expect.stringMatching(/Z$/),
        revokedBy: owner.id,
        expiresAt: expect.stringMatching(/Z$/),
      });
      for (const query of ['?limit=0', '?cursor=x', '?tenantId=acme', '?tenantId=a&tenantId=b'])
        expect(refusal(await app.get(`${LIST}${query}`, { token: owner.accessToken }))[0]).toBe(400);
      const stranger = await givenFounder(app);
      const foreign = await app.get(`${LIST}?tenantId=${given.tenantId}`, { token: stranger.accessToken });
      expect(refusal(foreign)).toEqual([404, 'organization_not_found']);
      expect((await app.get(LIST, { token: stranger.accessToken })).body).toEqual([]);
    });
  });

  describe('by rotation', () => {
    it('comes with a new token of the same terms', async () => {
      const { body } = await expectStatus(201, rotate({ integrationToken: given.token }));
      expect(body).toMatchObject({ ...GRANT, mode: 'api', expiresIn: 600, tenantId: given.tenantId });
      expect(body.jti).not.toBe(given.jti);
      expect([await flaw(body), await flaw()]).toEqual([null, 'rotated']);
      expect((await listed()).map(({ jti, reason }) => [jti, reason])).toEqual([[given.jti, 'rotated']]);
    });

    it('changes the terms that are named', async () => {
      const terms = { mode: 'embed', origin: 'https://b.example', scopes: ['live:use'], ttlSeconds: 60 };
      const request = { integrationToken: given.token, reason: 'moved', ...terms };
      const { body } = await expectStatus(201, rotate(request));
      const { ttlSeconds, ...others } = terms;
      expect(body).toMatchObject({ ...others, expiresIn: ttlSeconds });
      expect(await flaw()).toBe('moved');
    });

    it('can leave the old token to its own end', async () => {
      const { body } = await expectStatus(201, rotate({ integrationToken: given.token, revokeOld: false }));
      expect([await flaw(body), await flaw()]).toEqual([null, null]);
      expect(await listed()).toEqual([]);
    });

    it('is over for a token that is dead', async () => {
      const inactive = [409, 'integration_token_inactive'];
      await expectStatus(201, rotate({ integrationToken: given.token }));
      expect(refusal(await rotate({ integrationToken: given.token }))).toEqual(inactive);
      expect(refusal(await rotate({ integrationToken: given.token, revokeOld: false }))).toEqual(inactive);
      const short = await givenToken(app, owner, { ttlSeconds: 60 });
      app.clock.advance(61);
      expect(refusal(await rotate({ integrationToken: short.token }))).toEqual(inactive);
      expect(refusal(await rotate({ integrationToken: 'nonsense' }))).toEqual([
        404,
        'integration_token_not_found',
      ]);
      for (const wrong of [
        {},
        { integrationToken: given.token, revokeOld: 'no' },
        { integrationToken: given.token, ttlSeconds: 10 },
      ])
        expect(refusal(await rotate(wrong))).toEqual([400, 'validation_failed']);
    });

    it('has one winner of 20 who rotate the same token at once', async () => {
      const other = await TestApp.start({ beside: app });
      try {
        for (let round = 0; round < 3; round += 1) {
          const { token, jti } = await givenToken(app, owner);
          const answers = await together(20, (index) =>
            integration(index % 2 ? app : other, owner, 'POST rotate', { integrationToken: token }),
          );
          const won = answers.filter(({ status }) => status === 201);
          expect(won).toHaveLength(1);
          for (const lost of answers.filter((answer) => answer !== won[0]))
            expect(refusal(lost)).toEqual([409, 'integration_token_inactive']);
          expect(await flaw(won[0]?.body)).toBeNull();
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

  describe('with its maker', () => {
    it.each([
      ['is removed', 'DELETE', undefined, 'member-removed', true],
      ['is moved away', 'PUT', 'elsewhere', 'member-removed', true],
    ] as const)('comes when that member %s', async (_name, method, elsewhere, reason, revoked) => {
      const maker = await givenMemberOf(app, { organizationId: owner.organizationId, by: owner }, 'admin');
      const token = await givenToken(app, maker);
      expect(await flaw(token)).toBeNull();
      const by = { token: owner.accessToken };
      const target =
        elsewhere && (await expectStatus(201, app.post('/api/organizations', { name: 'Two' }, by))).body.id;
      const url = `/api/organizations/${owner.organizationId}/members/${maker.id}`;
      const answer = await app.call(method, url, { ...by, body: elsewhere && { organization_id: target } });
      expect(answer.status).toBeLessThan(300);
      const { body } = await integration(app, owner, 'POST verify', {
        token: token.token,
        tenantId: token.tenantId,
      });
      expect(body).toMatchObject({ valid: false, revoked, reason });
      expect(
        (await walk<Revocation>(app, `${LIST}?tenantId=${token.tenantId}`, owner.accessToken)).rows,
      ).toEqual([expect.objectContaining({ jti: token.jti, revokedBy: owner.id, reason })]);
      const again = { tenantId: token.tenantId, integrationToken: token.token };
      expect(refusal(await rotate(again))).toEqual([409, 'integration_token_inactive']);
    });

    it('comes when that account is deactivated, and does not go with its return', async () => {
      const maker = await givenProvisioned(app, owner, 'admin');
      const token = await givenToken(app, maker, { ttlSeconds: 600 });
      const set = (is_active: boolean): Promise<Answer> =>
        expectStatus(
          200,
          app.patch(`/api/v1/users/${maker.id}`, { is_active }, { token: owner.accessToken }),
        );
      await set(false);
      expect(await flaw(token)).toBe('suspended');
      expect(refusal(await rotate({ integrationToken: token.token }))).toEqual([
        409,
        'integration_token_inactive',
      ]);
      await set(true);
      expect(await flaw(token)).toBe('suspended');
    });

    it('comes when that password is reset by mail, and only then', async () => {
      const maker = await givenMemberOf(app, { organizationId: owner.organizationId, by: owner }, 'admin');
      const token = await givenToken(app, maker, { ttlSeconds: 600 });
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: maker.email }));
      expect(await flaw(token)).toBeNull();
      const link = await app.lastLink(maker.email, 'reset-password');
      const reset = { token: link, password: 'pelicans varnish seven ladders' };
      await expectStatus(200, app.post('/api/v1/auth/reset-password', reset));
      expect([await flaw(token), await flaw()]).toEqual(['suspended', null]);
    });

    it('comes when that account is erased', async () => {
      const { owner: other, admin: maker } = await givenCast(app);
      const token = await givenToken(app, maker);
      const erase = { token: maker.accessToken, body: { password: maker.password } };
      await expectStatus(204, app.delete('/api/auth/me', erase));
      const { body } = await integration(app, other, 'POST verify', {
        token: token.token,
        tenantId: token.tenantId,
      });
      expect(body).toMatchObject({ valid: false, reason: 'member-removed' });
    });
  });
});
