import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  storedAuditEvents,
  givenOwnerWithId,
  givenInvitation,
  givenMember,
  givenUserWithId,
  type UserWithId,
  type Role,
  storedRoles,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const ROUNDS = 15;

describe('concurrent requests in one organization', () => {
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

  const alternatingNode = (index: number): TestApp => (index % 2 ? sibling : app);
  const memberUrl = (organizationId: string, { id }: UserWithId): string =>
    `/api/organizations/${organizationId}/members/${id}`;

  interface TwoOwners {
    organizationId: string;
    owners: [UserWithId, UserWithId];
  }

  const givenTwoOwners = async (): Promise<TwoOwners> => {
    const founder = await givenOwnerWithId(app);
    const at = { organizationId: founder.organizationId, by: founder };
    const owners: [UserWithId, UserWithId] = [
      await givenMember(app, at, 'owner'),
      await givenMember(app, at, 'owner'),
    ];
    await givenMember(app, at);
    await expectStatus(
      204,
      app.delete(memberUrl(at.organizationId, founder), { token: founder.accessToken }),
    );
    return { organizationId: founder.organizationId, owners };
  };

  const remainingOwners = async ({ organizationId, owners }: TwoOwners): Promise<UserWithId[]> => {
    const roles = await storedRoles(app, organizationId);
    return owners.filter(({ id }) => roles[id] === 'owner');
  };

  type OwnerRemoval = (
    twoOwners: TwoOwners,
    by: UserWithId,
    target: UserWithId,
    node: TestApp,
  ) => Promise<TestResponse>;

  const changeRole =
    (method: string): OwnerRemoval =>
    ({ organizationId }, by, target, node) =>
      node.call(method, memberUrl(organizationId, target), {
        token: by.accessToken,
        body: { role: 'member' satisfies Role },
      });
  const remove: OwnerRemoval = ({ organizationId }, by, target, node) =>
    node.delete(memberUrl(organizationId, target), { token: by.accessToken });
  const leave: OwnerRemoval = (duel, by, _target, node) => remove(duel, by, by, node);
  const demoteOnXc: OwnerRemoval = (_twoOwners, by, target, node) =>
    node.patch(`/api/v1/users/${target.id}`, { role: 'member' }, { token: by.accessToken });
  const erase: OwnerRemoval = (_twoOwners, { accessToken, password }, _target, node) =>
    node.call('DELETE', '/api/auth/me', { token: accessToken, body: { password } });

  it.each<[string, OwnerRemoval, OwnerRemoval]>([
    ['remove each other', remove, remove],
    ['demote each other', changeRole('PATCH'), changeRole('PATCH')],
    ['demote each other with the comprehensive update', changeRole('PUT'), changeRole('PUT')],
    ['demote each other in the XC API', demoteOnXc, demoteOnXc],
    ['remove and demote each other', remove, changeRole('PATCH')],
    ['demote each other in both APIs', demoteOnXc, changeRole('PUT')],
    ['both leave', leave, leave],
    ['remove the other and leave', remove, leave],
  ])('keep exactly one of two owners who %s', async (_what, first, second) => {
    const twoOwners = await givenTwoOwners();
    const { organizationId, owners } = twoOwners;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, two] = round % 4 < 2 ? owners : [owners[1], owners[0]];
      const answers = await Promise.all([
        first(twoOwners, one, two, alternatingNode(round)),
        second(twoOwners, two, one, alternatingNode(round + Math.floor(round / 2))),
      ]);
      const left = await remainingOwners(twoOwners);
      expect([round, left.length]).toEqual([round, 1]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(answers.filter(({ status }) => [403, 404, 409].includes(status))).toHaveLength(1);
      const [winner] = left as [UserWithId];
      const loser = owners.find(({ id }) => id !== winner.id) as UserWithId;
      const at = { organizationId, by: winner };
      const back = await addOrganizationMember(app, at, { user_id: loser.id, role: 'owner' });
      if (back.status === 409)
        await expectStatus(
          200,
          app.patch(memberUrl(organizationId, loser), { role: 'owner' }, { token: winner.accessToken }),
        );
    }
  });

  it.each<[string, OwnerRemoval, OwnerRemoval, number[]]>([
    ['delete their accounts', erase, erase, [1]],
    ['delete the account and leave', erase, leave, [1]],
    ['delete the account and demote the other', erase, changeRole('PATCH'), [1, 2]], // a demoted owner may delete their account
  ])('keep one owner when two owners %s', async (_what, first, second, wins) => {
    for (let round = 0; round < 5; round += 1) {
      const duel = await givenTwoOwners();
      const [one, two] = duel.owners;
      const answers = await Promise.all([
        first(duel, one, two, app),
        second(duel, two, one, alternatingNode(round)),
      ]);
      expect(await remainingOwners(duel)).toHaveLength(1);
      expect(wins).toContain(answers.filter(({ status }) => status < 300).length);
      expect(answers.filter(({ status }) => ![200, 204, 401, 403, 404, 409].includes(status))).toEqual([]);
    }
  });

  /** Sends a write request of an admin; each call creates another row. */
  const ADMIN_WRITES: [
    string,
    string,
    (at: { organizationId: string; admin: UserWithId }) => Promise<() => Promise<TestResponse>>,
  ][] = [
    [
      'member.added',
      'memberships',
      async ({ organizationId, admin }) => {
        const { id } = await givenUserWithId(app);
        return () => addOrganizationMember(app, { organizationId, by: admin }, { user_id: id });
      },
    ],
    [
      'team.created',
      'teams',
      async ({ organizationId, admin: { accessToken: token } }) => {
        const name = `Team ${(count += 1)}`;
        return () => app.post(`/api/organizations/${organizationId}/teams`, { name }, { token });
      },
    ],
    [
      'invitation.created',
      'invitations',
      async ({ admin: { accessToken: token } }) => {
        const email = `late-${(count += 1)}@example.com`;
        return () => app.post('/api/v1/invitations', { email }, { token });
      },
    ],
    [
      'user.created',
      'memberships',
      async ({ admin: { accessToken: token } }) => {
        const email = `late-${(count += 1)}@example.com`;
        return () => app.post('/api/v1/users', { email }, { token });
      },
    ],
  ];
  let count = 0;

  it.each(ADMIN_WRITES)('commit no %s by an admin after their removal', async (action, table, givenWrite) => {
    const owner = await givenOwnerWithId(app);
    const { organizationId } = owner;
    const rowsIn = async (): Promise<number> =>
      (await app.sql(`SELECT id FROM ${table} WHERE organization_id = $1`, [organizationId])).length;
    for (let round = 0; round < 4; round += 1) {
      const admin = await givenMember(app, { organizationId, by: owner }, 'admin');
      const writes = await inParallel(10, () => givenWrite({ organizationId, admin }));
      const before = await rowsIn();
      const removal = (): Promise<TestResponse> =>
        app.delete(memberUrl(organizationId, admin), { token: owner.accessToken });
      const calls = [...writes.slice(0, 5), removal, ...writes.slice(5)];
      const responses = await Promise.all(calls.map((call) => call()));
      expect(responses[5]?.status).toBe(204);
      const made = responses.filter(({ status }) => status === 201).length;
      expect(responses.filter(({ status }) => status === 404)).toHaveLength(10 - made);
      const gone = table === 'memberships' ? 1 : 0;
      expect((await rowsIn()) - before).toBe(made - gone);
      const log = await storedAuditEvents(app, organizationId);
      const end = log.findIndex((row) => row.action === 'member.removed' && row.target_id === admin.id);
      const theirs = log.filter(({ actor_id }) => actor_id === admin.id);
      expect(theirs.map((row) => row.action)).toEqual(Array(made).fill(action));
      expect(log.slice(end).filter(({ actor_id }) => actor_id === admin.id)).toEqual([]);
    }
  });

  it('delete it completely while users join it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const owner = await givenOwnerWithId(app);
      const { organizationId, accessToken: token } = owner;
      const people = await inParallel(3, () => givenUserWithId(app));
      const invitations = await inParallel(3, () => givenInvitation(app, owner));
      const password = 'walrus paints eleven harbours';
      const responses = await Promise.all([
        ...people.map(({ id }) => addOrganizationMember(app, { organizationId, by: owner }, { user_id: id })),
        app.delete(`/api/organizations/${organizationId}`, { token }),
        ...invitations.map((offer) =>
          sibling.post('/api/v1/invitations/accept', { token: offer.token, password }),
        ),
      ]);
      expect(responses[3]?.status).toBe(204);
      const unexpected = responses
        .map(({ status }) => status)
        .filter((it) => ![200, 201, 204, 404, 410].includes(it));
      expect(unexpected).toEqual([]);
      expect(await storedRoles(app, organizationId)).toEqual({});
      const log = await storedAuditEvents(app, organizationId);
      expect(log.at(-1)?.action).toBe('organization.deleted');
    }
  });
});
