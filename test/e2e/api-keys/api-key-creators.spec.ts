import { TestApp } from '@test/support/app/test-app.js';
import {
  createApiKey,
  KEY_REJECTED,
  givenApiKey,
  type TestApiKey,
  type CreateApiKeyInput,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  logIn,
  type UserWithId,
  type Role,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const READ_AND_WRITE: NonNullable<CreateApiKeyInput['scopes']> = [
  'organizations:read',
  'organizations:write',
];
const NEW_PASSWORD = 'pelicans varnish seven ladders';

describe('an API key and its creator', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    organizationId = owner.organizationId;
  });
  afterAll(() => app.stop());

  const createKeyFor = (by: UserWithId, scopes = READ_AND_WRITE): Promise<TestApiKey> =>
    givenApiKey(app, { organizationId, by, scopes });
  const givenAdmin = (role: Role = 'admin'): Promise<UserWithId> =>
    givenMember(app, { organizationId, by: owner }, role);
  const organizationUrl = (path = ''): string => `/api/organizations/${organizationId}${path}`;
  const asOwner = (method: string, path: string, body?: unknown): Promise<unknown> =>
    expectStatus(method === 'DELETE' ? 204 : 200, app.call(method, path, { body, token: owner.accessToken }));
  const setRole = (id: string, role: Role): Promise<unknown> =>
    asOwner('PATCH', organizationUrl(`/members/${id}`), { role });
  const resume = (by: UserWithId, { id }: TestApiKey, token = by.accessToken): ReturnType<TestApp['post']> =>
    app.post(`/api/api-keys/${id}/resume`, undefined, { token });

  it.each(['member', 'team_manager'] as const)(
    'the key loses its write scopes while the creator is a %s',
    async (role) => {
      const creator = await givenAdmin();
      const key = await createKeyFor(creator, [...READ_AND_WRITE, 'api:admin']);
      await expectStatus(
        200,
        callWithApiKey(app, key, `PATCH ${organizationUrl()}`, { name: 'By an admin' }),
      );
      await setRole(creator.id, role);
      const refused = await callWithApiKey(app, key, `PATCH ${organizationUrl()}`, { name: 'By a member' });
      expect([
        refused.status,
        refused.body.detail.required_scope,
        refused.body.detail.granted_scopes,
      ]).toEqual([403, 'organizations:write', ['organizations:read']]);
      expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
      expect(statusAndCode(await callWithApiKey(app, key, `GET ${organizationUrl('/audit-log')}`))).toEqual([
        403,
        'role_insufficient',
      ]);
      await setRole(creator.id, 'admin');
      await expectStatus(
        200,
        callWithApiKey(app, key, `PATCH ${organizationUrl()}`, { name: 'By an admin again' }),
      );
    },
  );

  it('the key has the role of the creator and no higher one', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    const other = await givenAdmin();
    const weak = [403, 'role_insufficient'];
    expect(statusAndCode(await callWithApiKey(app, key, `DELETE ${organizationUrl()}`))).toEqual(weak);
    expect(
      statusAndCode(await callWithApiKey(app, key, `DELETE ${organizationUrl(`/members/${owner.id}`)}`)),
    ).toEqual(weak);
    expect(
      statusAndCode(
        await callWithApiKey(app, key, `PATCH ${organizationUrl(`/members/${other.id}`)}`, {
          role: 'member',
        }),
      ),
    ).toEqual(weak);
    expect(
      statusAndCode(
        await callWithApiKey(app, key, `PATCH ${organizationUrl(`/members/${creator.id}`)}`, {
          role: 'owner',
        }),
      ),
    ).toEqual(weak);
    const colleague = await givenAdmin('member');
    await expectStatus(
      200,
      callWithApiKey(app, key, `PATCH ${organizationUrl(`/members/${colleague.id}`)}`, {
        role: 'team_manager',
      }),
    );
  });

  it('the key is deleted when the creator is removed, and does not return when they are added again', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await asOwner('DELETE', organizationUrl(`/members/${creator.id}`));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId, by: owner }, { user_id: creator.id, role: 'admin' }),
    );
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    expect((await app.get('/api/api-keys', { token: creator.accessToken })).body).toEqual([]);
    expect(statusAndCode(await resume(creator, key))).toEqual([404, 'api_key_not_found']);
  });

  it('a key created during the removal of the creator does not work', async () => {
    for (let round = 0; round < 5; round += 1) {
      const creator = await givenAdmin();
      const url = organizationUrl(`/members/${creator.id}`);
      const made = inParallel(6, () =>
        createApiKey(app, { organizationId, by: creator, scopes: READ_AND_WRITE }),
      );
      await asOwner('DELETE', url);
      for (const response of await made) {
        if (response.status === 201) expect(await tryApiKey(app, response.body)).toEqual(KEY_REJECTED);
        else expect(statusAndCode(response)).toEqual([404, 'organization_not_found']);
      }
    }
  });

  it('the key is deleted when the creator leaves, also when the key itself makes that request', async () => {
    const [leaver, selfRemover] = [await givenAdmin(), await givenAdmin()];
    const [first, second] = [await createKeyFor(leaver), await createKeyFor(selfRemover)];
    const left = app.delete(organizationUrl(`/members/${leaver.id}`), { token: leaver.accessToken });
    await expectStatus(204, left);
    expect(await tryApiKey(app, first)).toEqual(KEY_REJECTED);
    await expectStatus(
      204,
      callWithApiKey(app, second, `DELETE ${organizationUrl(`/members/${selfRemover.id}`)}`),
    );
    expect(await tryApiKey(app, second)).toEqual(KEY_REJECTED);
  });

  it('the key is deleted when the creator is moved to another organization', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    const token = owner.accessToken;
    const { id: other } = (
      await expectStatus(201, app.post('/api/organizations', { name: 'Other' }, { token }))
    ).body;
    await asOwner('PUT', organizationUrl(`/members/${creator.id}`), {
      organization_id: other,
      role: 'admin',
    });
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    await asOwner('PUT', `/api/organizations/${other}/members/${creator.id}`, {
      organization_id: organizationId,
    });
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });

  it('the key is deleted when the creator deletes the account', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    const erase = { token: creator.accessToken, body: { password: creator.password } };
    await expectStatus(204, app.delete('/api/auth/me', erase));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });

  it('the key is suspended when the creator is deactivated, until the creator reactivates the key', async () => {
    const creator = await givenProvisionedUser(app, owner, 'admin');
    const key = await createKeyFor(creator);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await asOwner('PATCH', `/api/v1/users/${creator.id}`, { is_active: false });
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    expect(statusAndCode(await resume(creator, key))).toEqual(KEY_REJECTED); // an inactive account has no session
    await asOwner('PATCH', `/api/v1/users/${creator.id}`, { is_active: true });
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    const [listed] = (await app.get('/api/api-keys', { token: owner.accessToken })).body;
    expect([listed.id, listed.suspended]).toEqual([key.id, true]);
    expect(statusAndCode(await resume(owner, key))).toEqual([404, 'api_key_not_found']); // only the creator can
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    const resumed = await expectStatus(200, resume(creator, key, await logIn(app, creator)));
    expect([resumed.body.suspended, resumed.body.key]).toEqual([false, undefined]);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
  });

  it('older keys are suspended when the password is reset by e-mail, while newer keys work', async () => {
    const creator = await givenAdmin();
    const [old, other] = [await createKeyFor(creator), await createKeyFor(creator)];
    const otherMember = await createKeyFor(owner);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: creator.email }));
    expect(await tryApiKey(app, old)).toEqual(KEY_ACCEPTED); // the request alone suspends nothing
    const token = await app.lastLinkToken(creator.email, 'reset-password');
    await expectStatus(200, app.post('/api/v1/auth/reset-password', { token, password: NEW_PASSWORD }));
    for (const key of [old, other]) expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    expect(await tryApiKey(app, otherMember)).toEqual(KEY_ACCEPTED);
    const session = await logIn(app, { ...creator, password: NEW_PASSWORD });
    const fresh = await createKeyFor({ ...creator, accessToken: session });
    expect(await tryApiKey(app, fresh)).toEqual(KEY_ACCEPTED);
    await expectStatus(200, resume(creator, old, session));
    expect(await tryApiKey(app, old)).toEqual(KEY_ACCEPTED);
    expect(await tryApiKey(app, other)).toEqual(KEY_REJECTED);
  });

  it('the key is suspended when an admin sets the password of the creator', async () => {
    const creator = await givenProvisionedUser(app, owner, 'admin');
    const key = await createKeyFor(creator);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    const change = { password: NEW_PASSWORD, current_password: owner.password };
    await asOwner('PATCH', `/api/v1/users/${creator.id}`, change);
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });

  it('the key works after the creator logs out', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    await expectStatus(200, app.post('/api/v1/auth/logout-all', undefined, { token: creator.accessToken }));
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
  });

  it('the audit log records the creation, reactivation, deletion and actions of the key', async () => {
    const creator = await givenAdmin();
    const key = await createKeyFor(creator);
    await expectStatus(200, callWithApiKey(app, key, `PATCH ${organizationUrl()}`, { name: 'Renamed' }));
    await expectStatus(200, resume(creator, key));
    await asOwner('DELETE', `/api/api-keys/${key.id}`);
    const { body } = await expectStatus(
      200,
      app.get(organizationUrl('/audit-log'), { token: owner.accessToken }),
    );
    const rows = body as { action: string; actor_id: string; api_key_id: string | null }[];
    expect(rows.slice(0, 4).map(({ action }) => action)).toEqual([
      'api_key.deleted',
      'api_key.resumed',
      'organization.updated',
      'api_key.created',
    ]);
    expect(rows[2]).toMatchObject({ actor_id: creator.id, api_key_id: key.id });
    expect(rows[3]?.api_key_id).toBeNull();
  });
});
