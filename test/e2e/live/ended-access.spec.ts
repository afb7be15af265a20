import { LiveSocketMonitor } from '@/modules/live/socket/live-socket.monitor.js';
import { TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import {
  givenMember,
  givenOwnerWithId,
  givenProvisionedUser,
  givenUserWithId,
  logIn,
  type OwnerWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const ENDED = { code: 4401, reason: 'credentials_ended' };

/** Each change happens on one process, and the socket is open on another one. */
describe('the socket of a user whose access ends', () => {
  let app: TestApp;
  let sibling: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
    owner = await givenOwnerWithId(app);
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  async function talk(user: UserWithId, request: object = {}): Promise<LiveSocketClient> {
    await givenLiveSession(app, user, request);
    const client = await LiveSocketClient.open(sibling, { token: user.accessToken });
    await client.waitFor('session.ready');
    return client;
  }

  /** Expects that the socket closes within a second after the change. */
  async function expectEnd(client: LiveSocketClient, change: () => Promise<unknown>): Promise<void> {
    await change();
    const since = performance.now();
    expect(await client.closed).toEqual(ENDED);
    expect(performance.now() - since).toBeLessThan(1_000);
    const { data } = client.events.find(({ type }) => type === 'session.ending') ?? {};
    expect(data).toEqual({ reason: 'credentials_ended' });
  }

  /** To be called after a change in the process of the socket. */
  async function expectOpen(client: LiveSocketClient): Promise<void> {
    await sibling.nest.get(LiveSocketMonitor, { strict: false }).check();
    client.send('ping');
    await client.waitFor('pong');
    await client.close();
  }

  const remove = ({ id }: UserWithId, from = owner, at = app): Promise<unknown> => {
    const url = `/api/organizations/${from.organizationId}/members/${id}`;
    return expectStatus(204, at.delete(url, { token: from.accessToken }));
  };

  it.each(['/api/auth/logout', '/api/v1/auth/logout-all'])('closes after %s', async (route) => {
    const user = await givenUserWithId(app);
    const { accessToken: token } = user;
    await expectEnd(await talk(user), () => expectStatus(200, app.post(route, {}, { token })));
  });

  it('stays open after the log-out of another session of the user', async () => {
    const user = await givenUserWithId(app);
    const token = await logIn(app, user);
    const client = await talk(user);
    await expectStatus(200, sibling.post('/api/auth/logout', {}, { token }));
    await expectOpen(client);
  });

  it('closes after the account was deactivated', async () => {
    const user = await givenProvisionedUser(app, owner);
    const { accessToken: token } = owner;
    const deactivate = (): Promise<unknown> =>
      expectStatus(200, app.patch(`/api/v1/users/${user.id}`, { is_active: false }, { token }));
    await expectEnd(await talk(user), deactivate);
  });

  it('closes when the user leaves the organization that pays', async () => {
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await expectEnd(await talk(member), () => remove(member));
  });

  it('stays open when the user leaves another organization', async () => {
    const other = await givenOwnerWithId(app);
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const url = `/api/organizations/${other.organizationId}/members`;
    await expectStatus(
      201,
      app.post(url, { user_id: member.id, role: 'member' }, { token: other.accessToken }),
    );
    const client = await talk(member, { organization_id: owner.organizationId });
    await remove(member, other, sibling);
    await expectOpen(client);
  });

  it('closes when the organization that pays begins to require a second factor', async () => {
    const strict = await givenOwnerWithId(app);
    await enableTwoFactor(app, strict, 'totp');
    const member = await givenMember(app, { organizationId: strict.organizationId, by: strict });
    const [weak, strong] = [await talk(member), await talk(strict)];
    const { accessToken: token } = strict;
    await expectEnd(weak, () =>
      expectStatus(200, app.patch('/api/v1/organization', { enforce_2fa: true }, { token })),
    );
    await expectOpen(strong);
  });
});
