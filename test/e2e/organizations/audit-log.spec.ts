import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  type AuditRow,
  auditRows,
  givenFounder,
  givenScene,
  nextOf,
  type Person,
  refusal,
  type Scene,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

describe('the audit log', () => {
  let app: TestApp;
  let scene: Scene;

  beforeAll(async () => {
    app = await TestApp.start();
    scene = await givenScene(app);
  });
  afterAll(() => app.stop());

  const as = ({ accessToken: token }: Person) => ({ token });
  const rows = (): Promise<AuditRow[]> => auditRows(app, scene.organizationId);
  const list = (query = '', by = scene.owner): Promise<Answer> =>
    app.get(`${scene.org}/audit-log${query}`, as(by));

  it.each<[string, (scene: Scene) => Promise<Answer>]>([
    [
      'a role somebody has',
      ({ org, owner, admin }) => app.patch(`${org}/members/${admin.id}`, { role: 'admin' }, as(owner)),
    ],
    [
      'a place somebody has',
      ({ org, owner, member, teamId }) =>
        app.call('PUT', `${org}/teams/${teamId}/members/${member.id}`, as(owner)),
    ],
    ['an update of nothing', ({ org, owner }) => app.patch(org, {}, as(owner))],
    ['the name it has', ({ org, owner }) => app.patch(org, { name: 'Acme Learning' }, as(owner))],
    [
      'the name a team has',
      ({ org, owner, teamId }) => app.patch(`${org}/teams/${teamId}`, { name: 'Berlin' }, as(owner)),
    ],
    [
      'an empty update of a person',
      ({ owner, made }) => app.patch(`/api/v1/users/${made.id}`, {}, as(owner)),
    ],
  ])('gets no row for what changes nothing: %s', async (_what, act) => {
    const before = await rows();
    await expectStatus(200, act(scene));
    expect(await rows()).toEqual(before);
  });

  it.each<[string, number, (scene: Scene) => Promise<Answer>]>([
    [
      'a role that is refused',
      403,
      ({ org, admin, owner }) => app.patch(`${org}/members/${owner.id}`, { role: 'member' }, as(admin)),
    ],
    ['a last owner who leaves', 409, ({ org, owner }) => app.delete(`${org}/members/${owner.id}`, as(owner))],
    [
      'somebody added twice',
      409,
      ({ org, owner, member }) => app.post(`${org}/members`, { user_id: member.id }, as(owner)),
    ],
    [
      'a team name that is taken',
      409,
      ({ org, owner }) => app.post(`${org}/teams`, { name: 'BERLIN' }, as(owner)),
    ],
    [
      'an address that is taken',
      409,
      ({ owner, outsider }) => app.post('/api/v1/users', { email: outsider.email }, as(owner)),
    ],
    [
      'an invitation that is pending',
      409,
      ({ owner, invited }) => app.post('/api/v1/invitations', { email: invited.email }, as(owner)),
    ],
    [
      'a place in no team',
      404,
      ({ org, owner, member }) =>
        app.call('PUT', `${org}/members/${member.id}`, {
          ...as(owner),
          body: { role: 'admin', team_id: UNKNOWN_ID },
        }),
    ],
  ])('gets no row for what fails: %s', async (_what, status, act) => {
    const before = await rows();
    await expectStatus(status, act(scene));
    expect(await rows()).toEqual(before);
  });

  describe('to read', () => {
    it.each(['team_manager', 'member'] as const)('is not for a %s', async (role) => {
      expect(refusal(await list('', scene[role]))).toEqual([403, 'role_insufficient']);
    });

    it('is for admins, newest first, each row on one page', async () => {
      const all = (await rows()).map(({ id }) => id).reverse();
      const { rows: read, pages } = await walk<{ id: string }>(
        app,
        `${scene.org}/audit-log?limit=3`,
        scene.admin.accessToken,
      );
      expect([read.map(({ id }) => id), pages]).toEqual([all, Math.ceil(all.length / 3)]);
      expect((await list()).body.map(({ id }: { id: string }) => id)).toEqual(all);
    });

    it('is filtered by action, person and target, also from page to page', async () => {
      const { admin, owner, org, target } = scene;
      await expectStatus(200, app.patch(`${org}/members/${target.id}`, { role: 'team_manager' }, as(admin)));
      const actions = async (query: string): Promise<string[]> =>
        (await expectStatus(200, list(query))).body.map(({ action }: { action: string }) => action);
      expect(await actions(`?actor_id=${admin.id.toUpperCase()}`)).toEqual(['member.role_changed']);
      expect(await actions(`?target_id=${target.id}`)).toEqual(['member.role_changed', 'member.added']);
      expect(await actions(`?target_id=${target.id}&actor_id=${owner.id}`)).toEqual(['member.added']);
      expect(await actions(`?actor_id=${UNKNOWN_ID}`)).toEqual([]);
      const first = await expectStatus(200, list('?action=member.added&limit=3'));
      expect(nextOf(first)).toContain('action=member.added');
      const rest = await walk<{ action: string }>(app, nextOf(first) as string, owner.accessToken);
      const added = (await rows()).filter(({ action }) => action === 'member.added');
      expect([...first.body, ...rest.rows]).toHaveLength(added.length);
      expect(new Set(rest.rows.map(({ action }) => action))).toEqual(new Set(['member.added']));
    });

    it.each(['action=member.eaten', 'actor_id=me', 'target_id=1', 'since=yesterday', 'cursor=AAAA'])(
      'refuses ?%s',
      async (query) => {
        expect(refusal(await list(`?${query}`))).toEqual([400, 'validation_failed']);
      },
    );

    it('tells nothing of other organizations', async () => {
      const other = await givenFounder(app);
      const foreign = `/api/organizations/${other.organizationId}/audit-log`;
      const { body } = await expectStatus(200, app.get(foreign, as(other)));
      expect(body).toMatchObject([{ action: 'organization.created', actor_id: other.id }]);
    });
  });

  describe('of people who erase their account', () => {
    const erase = ({ password, ...person }: Person): Promise<Answer> =>
      app.call('DELETE', '/api/auth/me', { ...as(person as Person), body: { password } });

    it('keeps their id and loses their name', async () => {
      const { admin, org, target } = scene;
      await expectStatus(200, app.patch(`${org}/members/${target.id}`, { role: 'team_manager' }, as(admin)));
      for (const person of [admin, target]) await expectStatus(204, erase(person));
      const changed = await expectStatus(200, list('?action=member.role_changed'));
      expect(changed.body).toMatchObject([
        { actor_id: admin.id, actor_username: null, target_id: target.id, target_username: null },
      ]);
      const left = await expectStatus(200, list('?action=member.left'));
      const ids = left.body.map(({ target_id }: { target_id: string }) => target_id);
      expect(ids).toEqual([target.id, admin.id]);
      const stored = JSON.stringify(await app.sql('SELECT * FROM audit_events'));
      for (const { username, email } of [admin, target])
        for (const name of [username, email]) expect(stored).not.toContain(name);
    });

    it('also tells the end of an organization that goes with them', async () => {
      const owner = await givenFounder(app);
      await expectStatus(204, erase(owner));
      expect((await auditRows(app, owner.organizationId)).at(-1)).toMatchObject({
        action: 'organization.deleted',
        actor_id: owner.id,
        target_id: owner.organizationId,
      });
    });
  });
});
