import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  addTo,
  auditRows,
  givenFounder,
  givenInvitation,
  givenMemberOf,
  givenPerson,
  type Person,
  type Role,
  rolesIn,
  together,
} from '@test/support/organizations/given-organizations.js';

const ROUNDS = 15;

describe('an organization at which many pull at once', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    other = await TestApp.start({ beside: app });
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const nodeOf = (index: number): TestApp => (index % 2 ? other : app);
  const member = (organizationId: string, { id }: Person): string =>
    `/api/organizations/${organizationId}/members/${id}`;

  interface Duel {
    organizationId: string;
    owners: [Person, Person];
  }

  const givenDuel = async (): Promise<Duel> => {
    const founder = await givenFounder(app);
    const at = { organizationId: founder.organizationId, by: founder };
    const owners: [Person, Person] = [
      await givenMemberOf(app, at, 'owner'),
      await givenMemberOf(app, at, 'owner'),
    ];
    await givenMemberOf(app, at);
    await expectStatus(204, app.delete(member(at.organizationId, founder), { token: founder.accessToken }));
    return { organizationId: founder.organizationId, owners };
  };

  const ownersOf = async ({ organizationId, owners }: Duel): Promise<Person[]> => {
    const roles = await rolesIn(app, organizationId);
    return owners.filter(({ id }) => roles[id] === 'owner');
  };

  type Blow = (duel: Duel, by: Person, victim: Person, node: TestApp) => Promise<Answer>;

  const change =
    (method: string): Blow =>
    ({ organizationId }, by, victim, node) =>
      node.call(method, member(organizationId, victim), {
        token: by.accessToken,
        body: { role: 'member' satisfies Role },
      });
  const remove: Blow = ({ organizationId }, by, victim, node) =>
    node.delete(member(organizationId, victim), { token: by.accessToken });
  const leave: Blow = (duel, by, _victim, node) => remove(duel, by, by, node);
  const demoteOnXc: Blow = (_duel, by, victim, node) =>
    node.patch(`/api/v1/users/${victim.id}`, { role: 'member' }, { token: by.accessToken });
  const erase: Blow = (_duel, { accessToken, password }, _victim, node) =>
    node.call('DELETE', '/api/auth/me', { token: accessToken, body: { password } });

  it.each<[string, Blow, Blow]>([
    ['remove each other', remove, remove],
    ['demote each other', change('PATCH'), change('PATCH')],
    ['demote each other with the comprehensive update', change('PUT'), change('PUT')],
    ['demote each other on the XC face', demoteOnXc, demoteOnXc],
    ['remove and demote each other', remove, change('PATCH')],
    ['demote each other on two faces', demoteOnXc, change('PUT')],
    ['both leave', leave, leave],
    ['remove the other and leave', remove, leave],
  ])('keeps exactly one of two owners who %s', async (_what, first, second) => {
    const duel = await givenDuel();
    const { organizationId, owners } = duel;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, two] = round % 4 < 2 ? owners : [owners[1], owners[0]];
      const answers = await Promise.all([
        first(duel, one, two, nodeOf(round)),
        second(duel, two, one, nodeOf(round + Math.floor(round / 2))),
      ]);
      const left = await ownersOf(duel);
      expect([round, left.length]).toEqual([round, 1]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(answers.filter(({ status }) => [403, 404, 409].includes(status))).toHaveLength(1);
      const [winner] = left as [Person];
      const loser = owners.find(({ id }) => id !== winner.id) as Person;
      const at = { organizationId, by: winner };
      const back = await addTo(app, at, { user_id: loser.id, role: 'owner' });
      if (back.status === 409)
        await expectStatus(
          200,
          app.patch(member(organizationId, loser), { role: 'owner' }, { token: winner.accessToken }),
        );
    }
  });

  it.each<[string, Blow, Blow, number[]]>([
    ['erase their accounts', erase, erase, [1]],
    ['erase the account and leave', erase, leave, [1]],
    ['erase the account and demote the other', erase, change('PATCH'), [1, 2]], // who was demoted may go
  ])('keeps an owner when two of them at once %s', async (_what, first, second, wins) => {
    for (let round = 0; round < 5; round += 1) {
      const duel = await givenDuel();
      const [one, two] = duel.owners;
      const answers = await Promise.all([first(duel, one, two, app), second(duel, two, one, nodeOf(round))]);
      expect(await ownersOf(duel)).toHaveLength(1);
      expect(wins).toContain(answers.filter(({ status }) => status < 300).length);
      expect(answers.filter(({ status }) => ![200, 204, 401, 403, 404, 409].includes(status))).toEqual([]);
    }
  });

  /** What an admin writes; each call is another one. */
  const WRITES: [
    string,
    string,
    (at: { organizationId: string; admin: Person }) => Promise<() => Promise<Answer>>,
  ][] = [
    [
      'member.added',
      'memberships',
      async ({ organizationId, admin }) => {
        const { id } = await givenPerson(app);
        return () => addTo(app, { organizationId, by: admin }, { user_id: id });
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

  it.each(WRITES)('lets no %s of an admin land after their removal', async (action, table, givenWrite) => {
    const owner = await givenFounder(app);
    const { organizationId } = owner;
    const rowsIn = async (): Promise<number> =>
      (await app.sql(`SELECT id FROM ${table} WHERE organization_id = $1`, [organizationId])).length;
    for (let round = 0; round < 4; round += 1) {
      const admin = await givenMemberOf(app, { organizationId, by: owner }, 'admin');
      const writes = await together(10, () => givenWrite({ organizationId, admin }));
      const before = await rowsIn();
      const removal = (): Promise<Answer> =>
        app.delete(member(organizationId, admin), { token: owner.accessToken });
      const calls = [...writes.slice(0, 5), removal, ...writes.slice(5)];
      const answers = await Promise.all(calls.map((call) => call()));
      expect(answers[5]?.status).toBe(204);
      const made = answers.filter(({ status }) => status === 201).length;
      expect(answers.filter(({ status }) => status === 404)).toHaveLength(10 - made);
      const gone = table === 'memberships' ? 1 : 0;
      expect((await rowsIn()) - before).toBe(made - gone);
      const log = await auditRows(app, organizationId);
      const end = log.findIndex((row) => row.action === 'member.removed' && row.target_id === admin.id);
      const theirs = log.filter(({ actor_id }) => actor_id === admin.id);
      expect(theirs.map((row) => row.action)).toEqual(Array(made).fill(action));
      expect(log.slice(end).filter(({ actor_id }) => actor_id === admin.id)).toEqual([]);
    }
  });

  it('is deleted whole while people join it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const owner = await givenFounder(app);
      const { organizationId, accessToken: token } = owner;
      const people = await together(3, () => givenPerson(app));
      const invitations = await together(3, () => givenInvitation(app, owner));
      const password = 'walrus paints eleven harbours';
      const answers = await Promise.all([
        ...people.map(({ id }) => addTo(app, { organizationId, by: owner }, { user_id: id })),
        app.delete(`/api/organizations/${organizationId}`, { token }),
        ...invitations.map((offer) =>
          other.post('/api/v1/invitations/accept', { token: offer.token, password }),
        ),
      ]);
      expect(answers[3]?.status).toBe(204);
      const unexpected = answers
        .map(({ status }) => status)
        .filter((it) => ![200, 201, 204, 404, 410].includes(it));
      expect(unexpected).toEqual([]);
      expect(await rolesIn(app, organizationId)).toEqual({});
      const log = await auditRows(app, organizationId);
      expect(log.at(-1)?.action).toBe('organization.deleted');
    }
  });
});
