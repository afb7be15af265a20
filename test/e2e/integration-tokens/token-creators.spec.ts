import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  type TestIntegrationToken,
  callIntegration,
} from '@test/support/auth/integration-tokens.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOrganization,
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const REVOCATIONS_URL = '/api/admin/integration-token-revocations';

describe('an integration token is invalid', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const rotate = (body: object): Promise<TestResponse> => callIntegration(app, owner, 'POST rotate', body);
  const invalidReason = (token: TestIntegrationToken): Promise<string | null> =>
    getInvalidReason(app, owner, token);

  it.each([
    ['is removed', 'DELETE'],
    ['is moved to another organization', 'PUT'],
  ])('when the creator %s', async (_name, method) => {
    const { organizationId } = owner;
    const creator = await givenMember(app, { organizationId, by: owner }, 'admin');
    const granted = await givenIntegrationToken(app, creator);
    const { token, tenantId, jti } = granted;
    expect(await invalidReason(granted)).toBeNull();
    const by = { token: owner.accessToken };
    const other = await expectStatus(201, app.post('/api/organizations', { name: 'Two' }, by));
    const url = `/api/organizations/${organizationId}/members/${creator.id}`;
    const body = method === 'PUT' ? { organization_id: other.body.id } : undefined;
    expect((await app.call(method, url, { ...by, body })).status).toBeLessThan(300);
    const verified = await callIntegration(app, owner, 'POST verify', { token, tenantId });
    expect(verified.body).toMatchObject({ valid: false, revoked: true, reason: 'member-removed' });
    const revocations = `${REVOCATIONS_URL}?tenantId=${tenantId}`;
    const { rows } = await listAllPages<object>(app, revocations, owner.accessToken);
    expect(rows).toEqual([expect.objectContaining({ jti, revokedBy: owner.id, reason: 'member-removed' })]);
    const refused = await rotate({ tenantId, integrationToken: token });
    expect(statusAndCode(refused)).toEqual([409, 'integration_token_inactive']);
  });

  it('when the account of the creator is deactivated, and stays invalid when it is activated again', async () => {
    const creator = await givenProvisionedUser(app, owner, 'admin');
    const token = await givenIntegrationToken(app, creator, { ttlSeconds: 600 });
    const set = (is_active: boolean): Promise<TestResponse> =>
      expectStatus(
        200,
        app.patch(`/api/v1/users/${creator.id}`, { is_active }, { token: owner.accessToken }),
      );
    await set(false);
    expect(await invalidReason(token)).toBe('suspended');
    expect(statusAndCode(await rotate({ integrationToken: token.token }))).toEqual([
      409,
      'integration_token_inactive',
    ]);
    await set(true);
    expect(await invalidReason(token)).toBe('suspended');
  });

  it('when the password of the creator is reset by e-mail, but not when the reset is requested', async () => {
    const creator = await givenMember(app, { organizationId: owner.organizationId, by: owner }, 'admin');
    const token = await givenIntegrationToken(app, creator, { ttlSeconds: 600 });
    const tokenOfOwner = await givenIntegrationToken(app, owner, { ttlSeconds: 600 });
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: creator.email }));
    expect(await invalidReason(token)).toBeNull();
    const link = await app.lastLinkToken(creator.email, 'reset-password');
    const reset = { token: link, password: 'pelicans varnish seven ladders' };
    await expectStatus(200, app.post('/api/v1/auth/reset-password', reset));
    expect([await invalidReason(token), await invalidReason(tokenOfOwner)]).toEqual(['suspended', null]);
  });

  it('when the account of the creator is deleted', async () => {
    const { owner: other, admin: creator } = await givenOrganization(app);
    const token = await givenIntegrationToken(app, creator);
    const erase = { token: creator.accessToken, body: { password: creator.password } };
    await expectStatus(204, app.delete('/api/auth/me', erase));
    const { body } = await callIntegration(app, other, 'POST verify', {
      token: token.token,
      tenantId: token.tenantId,
    });
    expect(body).toMatchObject({ valid: false, reason: 'member-removed' });
  });
});
