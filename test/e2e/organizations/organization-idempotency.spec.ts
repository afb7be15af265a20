import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  storedAuditEvents,
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  type UserWithId,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

interface OwnedOrganization {
  organizationId: string;
  owner: UserWithId;
}

interface CreateCase {
  what: string;
  url: (organizationId: string) => string;
  body: () => Promise<Record<string, string>>;
  /** A different body for the same key. */
  change: Record<string, string>;
  /** Counts the rows that the request created. */
  countRowsSql: string;
  named: string;
  action: string;
  mails: number;
}

let count = 0;
const newAddress = (): string => `once-${(count += 1)}-${process.pid}@example.com`;

describe('a create request of organizations with an Idempotency-Key', () => {
  let app: TestApp;
  let sibling: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  const CREATE_CASES: CreateCase[] = [
    {
      what: 'organizations',
      url: () => '/api/organizations',
      body: async () => ({ name: `Once ${(count += 1)}` }),
      change: { name: 'Another' },
      countRowsSql: 'SELECT id FROM organizations WHERE name = $1',
      named: 'name',
      action: 'organization.created',
      mails: 0,
    },
    {
      what: 'members',
      url: (id) => `/api/organizations/${id}/members`,
      body: async () => ({ user_id: (await givenUserWithId(app)).id }),
      change: { role: 'admin' },
      countRowsSql: 'SELECT id FROM memberships WHERE user_id = $1',
      named: 'user_id',
      action: 'member.added',
      mails: 0,
    },
    {
      what: 'teams',
      url: (id) => `/api/organizations/${id}/teams`,
      body: async () => ({ name: `Once ${(count += 1)}` }),
      change: { name: 'Another' },
      countRowsSql: 'SELECT id FROM teams WHERE name = $1',
      named: 'name',
      action: 'team.created',
      mails: 0,
    },
    {
      what: 'invitations',
      url: () => '/api/v1/invitations',
      body: async () => ({ email: newAddress() }),
      change: { role: 'team_manager' },
      countRowsSql: 'SELECT id FROM invitations WHERE email = $1',
      named: 'email',
      action: 'invitation.created',
      mails: 1,
    },
    {
      what: 'users',
      url: () => '/api/v1/users',
      body: async () => ({ email: newAddress() }),
      change: { role: 'team_manager' },
      countRowsSql: 'SELECT id FROM users WHERE email = $1',
      named: 'email',
      action: 'user.created',
      mails: 1,
    },
  ];
  const CREATES_IN_ORGANIZATION = CREATE_CASES.filter(({ what }) => what !== 'organizations');
  const CREATES_WITH_MAIL = CREATE_CASES.filter(({ mails }) => mails > 0);

  const givenOwnedOrganization = async (): Promise<OwnedOrganization> => {
    const owner = await givenOwnerWithId(app);
    return { organizationId: owner.organizationId, owner };
  };
  const isReplayed = ({ headers }: TestResponse): boolean => headers['idempotent-replayed'] === 'true';
  const send = (
    { url }: CreateCase,
    { organizationId, by }: { organizationId: string; by: UserWithId },
    { body, key, node = app }: { body: Record<string, string>; key: string; node?: TestApp },
  ): Promise<TestResponse> =>
    node.post(url(organizationId), body, { token: by.accessToken, headers: { 'idempotency-key': key } });
  const remove = async ({ organizationId, owner }: OwnedOrganization, person: UserWithId): Promise<void> => {
    const url = `/api/organizations/${organizationId}/members/${person.id}`;
    await expectStatus(204, app.delete(url, { token: owner.accessToken }));
  };

  it.each(CREATE_CASES)('acts once for 20 concurrent copies: $what', async (creation) => {
    const { organizationId, owner } = await givenOwnedOrganization();
    const body = await creation.body();
    const key = `k-${(count += 1)}`;
    const at = { organizationId, by: owner };
    const responses = await inParallel(20, (index) =>
      send(creation, at, { body, key, node: index % 2 ? sibling : app }),
    );
    const made = responses.filter(({ status }) => status === 201);
    expect(made.filter((response) => !isReplayed(response))).toHaveLength(1);
    const waiting = responses.filter(({ status }) => status !== 201).map(statusAndCode);
    expect(waiting).toEqual(waiting.map(() => [409, 'idempotency_in_progress']));
    const again = await expectStatus(201, send(creation, at, { body, key, node: sibling }));
    expect(isReplayed(again)).toBe(true);
    for (const response of made) expect(response.body).toEqual(again.body);
    expect(await app.sql(creation.countRowsSql, [body[creation.named]])).toHaveLength(1);
    const log = await storedAuditEvents(
      app,
      creation.what === 'organizations' ? again.body.id : organizationId,
    );
    expect(log.filter(({ action }) => action === creation.action)).toHaveLength(1);
    if (creation.mails) expect(await app.mails(body.email as string)).toHaveLength(creation.mails);
  });

  it.each(CREATE_CASES)('rejects another body with the same key: $what', async (creation) => {
    const { organizationId, owner } = await givenOwnedOrganization();
    const body = await creation.body();
    const at = { organizationId, by: owner };
    await expectStatus(201, send(creation, at, { body, key: 'same' }));
    const refused = await send(creation, at, { body: { ...body, ...creation.change }, key: 'same' });
    expect(statusAndCode(refused)).toEqual([409, 'idempotency_key_reused']);
  });

  it.each(CREATES_IN_ORGANIZATION)('replays a final rejection: $what', async (creation) => {
    const { organizationId, owner } = await givenOwnedOrganization();
    const member = await givenMember(app, { organizationId, by: owner }, 'admin');
    const at = { organizationId, by: member };
    const body = { ...(await creation.body()), nonsense: 'x' };
    const first = await expectStatus(400, send(creation, at, { body, key: 'bad' }));
    const again = await expectStatus(400, send(creation, at, { body, key: 'bad' }));
    expect(again.body.detail).toEqual(first.body.detail);
  });

  it.each(CREATES_IN_ORGANIZATION)('is not replayed to an actor who was removed: $what', async (creation) => {
    const place = await givenOwnedOrganization();
    const admin = await givenMember(app, { ...place, by: place.owner }, 'admin');
    const request = { body: await creation.body(), key: 'mine' };
    const at = { organizationId: place.organizationId, by: admin };
    await expectStatus(201, send(creation, at, request));
    await remove(place, admin);
    const refused = await send(creation, at, request);
    expect([refused.status, isReplayed(refused)]).toEqual([404, false]);
  });

  it.each(CREATES_IN_ORGANIZATION)(
    'is not replayed to an actor whose role was lowered: $what',
    async (creation) => {
      const place = await givenOwnedOrganization();
      const admin = await givenMember(app, { ...place, by: place.owner }, 'admin');
      const request = { body: await creation.body(), key: 'mine' };
      const at = { organizationId: place.organizationId, by: admin };
      await expectStatus(201, send(creation, at, request));
      const url = `/api/organizations/${place.organizationId}/members/${admin.id}`;
      await expectStatus(200, app.patch(url, { role: 'member' }, { token: place.owner.accessToken }));
      const refused = await send(creation, at, request);
      expect([...statusAndCode(refused), isReplayed(refused)]).toEqual([403, 'role_insufficient', false]);
    },
  );

  it.each(CREATES_WITH_MAIL)(
    'is not replayed to an actor who was removed and now has an own organization: $what',
    async (creation) => {
      const place = await givenOwnedOrganization();
      const admin = await givenOwnerWithId(app);
      const token = admin.accessToken;
      const join = { user_id: admin.id, role: 'admin' };
      const members = `/api/organizations/${place.organizationId}/members`;
      await expectStatus(201, app.post(members, join, { token: place.owner.accessToken }));
      const choice = { organization_id: place.organizationId };
      await expectStatus(200, app.patch('/api/auth/me', choice, { token }));
      const request = { body: await creation.body(), key: 'mine' };
      const at = { organizationId: place.organizationId, by: admin };
      const first = await expectStatus(201, send(creation, at, request));
      expect(isReplayed(first)).toBe(false);
      await remove(place, admin);
      const second = await send(creation, at, request);
      expect(isReplayed(second)).toBe(false);
      expect(second.body.id).not.toBe(first.body.id);
    },
  );

  it.each(CREATES_WITH_MAIL)('is separate for each organization of the actor: $what', async (creation) => {
    const { owner, organizationId } = await givenOwnedOrganization();
    const token = owner.accessToken;
    const body = { email: newAddress() };
    const at = { organizationId, by: owner };
    const first = await expectStatus(201, send(creation, at, { body, key: 'both' }));
    const second = await expectStatus(201, app.post('/api/organizations', { name: 'Second' }, { token }));
    const choice = { organization_id: second.body.id as string };
    await expectStatus(200, app.patch('/api/auth/me', choice, { token }));
    const response = await send(creation, at, { body, key: 'both' });
    expect([isReplayed(response), response.body.id === first.body.id]).toEqual([false, false]);
  });

  it('does nothing for an unknown organization, and stores no response', async () => {
    const { owner } = await givenOwnedOrganization();
    for (const creation of CREATES_IN_ORGANIZATION.filter(({ mails }) => mails === 0)) {
      const request = { body: await creation.body(), key: 'nowhere' };
      const refused = await send(creation, { organizationId: UNKNOWN_ID, by: owner }, request);
      expect([refused.status, isReplayed(refused)]).toEqual([404, false]);
    }
  });
});
