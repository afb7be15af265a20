import {
  createKey,
  DEAD,
  givenKey,
  type GivenKey,
  type KeyRequest,
  tryKey,
  withKey,
  WORKS,
} from '@test/support/auth/api-keys.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  addTo,
  givenFounder,
  givenMemberOf,
  givenProvisioned,
  logIn,
  type Person,
  refusal,
  type Role,
  together,
} from '@test/support/organizations/given-organizations.js';

const BOTH: NonNullable<KeyRequest['scopes']> = ['organizations:read', 'organizations:write'];
const NEW_PASSWORD = 'pelicans varnish seven ladders';

describe('a key acts as its maker', () => {
  let app: TestApp;
  let owner: Person & { organizationId: string };
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    organizationId = owner.organizationId;
  });
  afterAll(() => app.stop());

  const keyOf = (by: Person, scopes = BOTH): Promise<GivenKey> =>
    givenKey(app, { organizationId, by, scopes });
  const admin = (role: Role = 'admin'): Promise<Person> =>
    givenMemberOf(app, { organizationId, by: owner }, role);
  const at = (path = ''): string => `/api/organizations/${organizationId}${path}`;
  const asOwner = (method: string, path: string, body?: unknown): Promise<unknown> =>
    expectStatus(method === 'DELETE' ? 204 : 200, app.call(method, path, { body, token: owner.accessToken }));
  const setRole = (id: string, role: Role): Promise<unknown> =>
    asOwner('PATCH', at(`/members/${id}`), { role });
  const resume = (by: Person, { id }: GivenKey, token = by.accessToken): ReturnType<TestApp['post']> =>
    app.post(`/api/api-keys/${id}/resume`, undefined, { token });

  it.each(['member', 'team_manager'] as const)(
    'loses its write scopes while its maker is a %s',
    async (role) => {
      const maker = await admin();
      const key = await keyOf(maker, [...BOTH, 'api:admin']);
      await expectStatus(200, withKey(app, key, `PATCH ${at()}`, { name: 'By an admin' }));
      await setRole(maker.id, role);
      const refused = await withKey(app, key, `PATCH ${at()}`, { name: 'By nobody' });
      expect([
        refused.status,
        refused.body.detail.required_scope,
        refused.body.detail.granted_scopes,
      ]).toEqual([403, 'organizations:write', ['organizations:read']]);
      expect(await tryKey(app, key)).toEqual(WORKS);
      expect(refusal(await withKey(app, key, `GET ${at('/audit-log')}`))).toEqual([403, 'role_insufficient']);
      await setRole(maker.id, 'admin');
      await expectStatus(200, withKey(app, key, `PATCH ${at()}`, { name: 'By an admin again' }));
    },
  );

  it('has the rank of its maker and no higher', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    const other = await admin();
    const weak = [403, 'role_insufficient'];
    expect(refusal(await withKey(app, key, `DELETE ${at()}`))).toEqual(weak);
    expect(refusal(await withKey(app, key, `DELETE ${at(`/members/${owner.id}`)}`))).toEqual(weak);
    expect(
      refusal(await withKey(app, key, `PATCH ${at(`/members/${other.id}`)}`, { role: 'member' })),
    ).toEqual(weak);
    expect(
      refusal(await withKey(app, key, `PATCH ${at(`/members/${maker.id}`)}`, { role: 'owner' })),
    ).toEqual(weak);
    const colleague = await admin('member');
    await expectStatus(
      200,
      withKey(app, key, `PATCH ${at(`/members/${colleague.id}`)}`, { role: 'team_manager' }),
    );
  });

  it('ends when its maker is removed, and stays ended when they are added again', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    expect(await tryKey(app, key)).toEqual(WORKS);
    await asOwner('DELETE', at(`/members/${maker.id}`));
    expect(await tryKey(app, key)).toEqual(DEAD);
    await expectStatus(201, addTo(app, { organizationId, by: owner }, { user_id: maker.id, role: 'admin' }));
    expect(await tryKey(app, key)).toEqual(DEAD);
    expect((await app.get('/api/api-keys', { token: maker.accessToken })).body).toEqual([]);
    expect(refusal(await resume(maker, key))).toEqual([404, 'api_key_not_found']);
  });

  it('does not survive a removal that happens while it is being made', async () => {
    for (let round = 0; round < 5; round += 1) {
      const maker = await admin();
      const url = at(`/members/${maker.id}`);
      const made = together(6, () => createKey(app, { organizationId, by: maker, scopes: BOTH }));
      await asOwner('DELETE', url);
      for (const answer of await made) {
        if (answer.status === 201) expect(await tryKey(app, answer.body)).toEqual(DEAD);
        else expect(refusal(answer)).toEqual([404, 'organization_not_found']);
      }
    }
  });

  it('ends when its maker leaves, by the key itself even', async () => {
    const [leaver, selfRemover] = [await admin(), await admin()];
    const [first, second] = [await keyOf(leaver), await keyOf(selfRemover)];
    const left = app.delete(at(`/members/${leaver.id}`), { token: leaver.accessToken });
    await expectStatus(204, left);
    expect(await tryKey(app, first)).toEqual(DEAD);
    await expectStatus(204, withKey(app, second, `DELETE ${at(`/members/${selfRemover.id}`)}`));
    expect(await tryKey(app, second)).toEqual(DEAD);
  });

  it('ends when its maker is moved to another organization, and does not move along', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    const token = owner.accessToken;
    const { id: other } = (
      await expectStatus(201, app.post('/api/organizations', { name: 'Other' }, { token }))
    ).body;
    await asOwner('PUT', at(`/members/${maker.id}`), { organization_id: other, role: 'admin' });
    expect(await tryKey(app, key)).toEqual(DEAD);
    await asOwner('PUT', `/api/organizations/${other}/members/${maker.id}`, {
      organization_id: organizationId,
    });
    expect(await tryKey(app, key)).toEqual(DEAD);
  });

  it('ends when its maker erases the account', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    expect(await tryKey(app, key)).toEqual(WORKS);
    const erase = { token: maker.accessToken, body: { password: maker.password } };
    await expectStatus(204, app.delete('/api/auth/me', erase));
    expect(await tryKey(app, key)).toEqual(DEAD);
  });

  it('stands still when its maker is deactivated, until the maker resumes it', async () => {
    const maker = await givenProvisioned(app, owner, 'admin');
    const key = await keyOf(maker);
    expect(await tryKey(app, key)).toEqual(WORKS);
    await asOwner('PATCH', `/api/v1/users/${maker.id}`, { is_active: false });
    expect(await tryKey(app, key)).toEqual(DEAD);
    expect(refusal(await resume(maker, key))).toEqual(DEAD); // a closed account has no session
    await asOwner('PATCH', `/api/v1/users/${maker.id}`, { is_active: true });
    expect(await tryKey(app, key)).toEqual(DEAD);
    const [listed] = (await app.get('/api/api-keys', { token: owner.accessToken })).body;
    expect([listed.id, listed.suspended]).toEqual([key.id, true]);
    expect(refusal(await resume(owner, key))).toEqual([404, 'api_key_not_found']); // only by its maker
    expect(await tryKey(app, key)).toEqual(DEAD);
    const resumed = await expectStatus(200, resume(maker, key, await logIn(app, maker)));
    expect([resumed.body.suspended, resumed.body.key]).toEqual([false, undefined]);
    expect(await tryKey(app, key)).toEqual(WORKS);
  });

  it('stands still when the password is reset by mail, while newer keys work', async () => {
    const maker = await admin();
    const [old, other] = [await keyOf(maker), await keyOf(maker)];
    const bystander = await keyOf(owner);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: maker.email }));
    expect(await tryKey(app, old)).toEqual(WORKS); // anybody can ask
    const token = await app.lastLink(maker.email, 'reset-password');
    await expectStatus(200, app.post('/api/v1/auth/reset-password', { token, password: NEW_PASSWORD }));
    for (const key of [old, other]) expect(await tryKey(app, key)).toEqual(DEAD);
    expect(await tryKey(app, bystander)).toEqual(WORKS);
    const session = await logIn(app, { ...maker, password: NEW_PASSWORD });
    const fresh = await keyOf({ ...maker, accessToken: session });
    expect(await tryKey(app, fresh)).toEqual(WORKS);
    await expectStatus(200, resume(maker, old, session));
    expect(await tryKey(app, old)).toEqual(WORKS);
    expect(await tryKey(app, other)).toEqual(DEAD);
  });

  it('stands still when an admin sets the password of its maker', async () => {
    const maker = await givenProvisioned(app, owner, 'admin');
    const key = await keyOf(maker);
    expect(await tryKey(app, key)).toEqual(WORKS);
    const change = { password: NEW_PASSWORD, current_password: owner.password };
    await asOwner('PATCH', `/api/v1/users/${maker.id}`, change);
    expect(await tryKey(app, key)).toEqual(DEAD);
  });

  it('is not ended by a log-out', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    await expectStatus(200, app.post('/api/v1/auth/logout-all', undefined, { token: maker.accessToken }));
    expect(await tryKey(app, key)).toEqual(WORKS);
  });

  it('is recorded in the audit log when it is made, resumed, deleted, and when it acts', async () => {
    const maker = await admin();
    const key = await keyOf(maker);
    await expectStatus(200, withKey(app, key, `PATCH ${at()}`, { name: 'Renamed' }));
    await expectStatus(200, resume(maker, key));
    await asOwner('DELETE', `/api/api-keys/${key.id}`);
    const { body } = await expectStatus(200, app.get(at('/audit-log'), { token: owner.accessToken }));
    const rows = body as { action: string; actor_id: string; api_key_id: string | null }[];
    expect(rows.slice(0, 4).map(({ action }) => action)).toEqual([
      'api_key.deleted',
      'api_key.resumed',
      'organization.updated',
      'api_key.created',
    ]);
    expect(rows[2]).toMatchObject({ actor_id: maker.id, api_key_id: key.id });
    expect(rows[3]?.api_key_id).toBeNull();
  });
});
