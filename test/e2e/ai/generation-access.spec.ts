import { generate } from '@test/support/ai/ai-app.js';
import { givenConversation } from '@test/support/ai/conversations.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('a request that is repeated with its idempotency key', () => {
  let app: TestApp;
  let ada: UserWithId;
  let by: UserWithId;
  let organizationId: string;
  let conversation_id: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const founder = await givenOwnerWithId(app);
    ({ organizationId } = founder);
    by = founder;
    ada = await givenUserWithId(app);
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId, by }, { user_id: ada.id, role: 'admin' }),
    );
    const scopes = ['conversations:write' as const];
    conversation_id = await givenConversation(
      app,
      await givenApiKey(app, { organizationId, by: ada, scopes }),
    );
    await expectStatus(200, repeatRequest());
  });

  function repeatRequest(key = 'again'): Promise<TestResponse> {
    const headers = { 'idempotency-key': key };
    return generate(app, { provider: 'local', conversation_id }, { token: ada.accessToken, headers });
  }

  it('returns the first answer', async () => {
    const { headers } = await expectStatus(200, repeatRequest());
    expect(headers['idempotent-replayed']).toBe('true');
  });

  it('is rejected without the second factor that the organization has begun to require', async () => {
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [organizationId]);
    expect(statusAndCode(await repeatRequest())).toEqual([403, 'two_factor_required']);
  });

  it('is answered after the missing right was granted', async () => {
    const enforce = 'UPDATE organizations SET enforce_2fa = $2 WHERE id = $1';
    await app.sql(enforce, [organizationId, true]);
    expect(statusAndCode(await repeatRequest('later'))).toEqual([403, 'two_factor_required']);
    await app.sql(enforce, [organizationId, false]);
    await expectStatus(200, repeatRequest('later'));
  });

  it('is rejected after the user has left the organization', async () => {
    const route = `/api/organizations/${organizationId}/members/${ada.id}`;
    await expectStatus(204, app.delete(route, { token: by.accessToken }));
    expect(statusAndCode(await repeatRequest())).toEqual([404, 'conversation_not_found']);
  });
});
