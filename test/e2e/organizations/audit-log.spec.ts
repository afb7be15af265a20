import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, getNextUrl, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  type StoredAuditEvent,
  storedAuditEvents,
  givenOwnerWithId,
  givenPopulatedOrganization,
  type UserWithId,
  type PopulatedOrganization,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

describe('the audit log', () => {
  let app: TestApp;
  let fixture: PopulatedOrganization;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenPopulatedOrganization(app);
  });
  afterAll(() => app.stop());

  const asUser = ({ accessToken: token }: UserWithId) => ({ token });
  const storedEvents = (): Promise<StoredAuditEvent[]> => storedAuditEvents(app, fixture.organizationId);
  const listAuditLog = (query = '', by = fixture.owner): Promise<TestResponse> =>
    app.get(`${fixture.organizationUrl}/audit-log${query}`, asUser(by));

  it.each<[string, (fixture: PopulatedOrganization) => Promise<TestResponse>]>([
    [
      'the role that the member already has',
      ({ organizationUrl: org, owner, admin }) =>
        app.patch(`${org}/members/${admin.id}`, { role: 'admin' }, asUser(owner)),
    ],
    [
      'a team that the member already belongs to',
      ({ organizationUrl: org, owner, member, teamId }) =>
        app.call('PUT', `${org}/teams/${teamId}/members/${member.id}`, asUser(owner)),
    ],
    [
      'an empty update of the organization',
      ({ organizationUrl: org, owner }) => app.patch(org, {}, asUser(owner)),
    ],
    [
      'the current name of the organization',
      ({ organizationUrl: org, owner }) => app.patch(org, { name: 'Acme Learning' }, asUser(owner)),
    ],
    [
      'the current name of a team',
      ({ organizationUrl: org, owner, teamId }) =>
        app.patch(`${org}/teams/${teamId}`, { name: 'Berlin' }, asUser(owner)),
    ],
    [
      'an empty update of a user',
      ({ owner, provisioned: made }) => app.patch(`/api/v1/users/${made.id}`, {}, asUser(owner)),
    ],
  ])('records nothing for a request that changes nothing: %s', async (_what, act) => {
    const before = await storedEvents();
    await expectStatus(200, act(fixture));
    expect(await storedEvents()).toEqual(before);
  });

  it.each<[string, number, (fixture: PopulatedOrganization) => Promise<TestResponse>]>([
    [
      'a role that the actor may not assign',
      403,
      ({ organizationUrl: org, admin, owner }) =>
        app.patch(`${org}/members/${owner.id}`, { role: 'member' }, asUser(admin)),
    ],
    [
      'the last owner leaves',
      409,
      ({ organizationUrl: org, owner }) => app.delete(`${org}/members/${owner.id}`, asUser(owner)),
    ],
    [
      'a user who is already a member',
      409,
      ({ organizationUrl: org, owner, member }) =>
        app.post(`${org}/members`, { user_id: member.id }, asUser(owner)),
    ],
    [
      'a team name that is already used',
      409,
      ({ organizationUrl: org, owner }) => app.post(`${org}/teams`, { name: 'BERLIN' }, asUser(owner)),
    ],
    [
      'an e-mail address that is already used',
      409,
      ({ owner, outsider }) => app.post('/api/v1/users', { email: outsider.email }, asUser(owner)),
    ],
    [
      'an address with a pending invitation',
      409,
      ({ owner, invited }) => app.post('/api/v1/invitations', { email: invited.email }, asUser(owner)),
    ],
    [
      'a team that does not exist',
      404,
      ({ organizationUrl: org, owner, member }) =>
        app.call('PUT', `${org}/members/${member.id}`, {
          ...asUser(owner),
          body: { role: 'admin', team_id: UNKNOWN_ID },
        }),
    ],
  ])('records nothing for a request that fails: %s', async (_what, status, act) => {
    const before = await storedEvents();
    await expectStatus(status, act(fixture));
    expect(await storedEvents()).toEqual(before);
  });

  describe('reading it', () => {
    it.each(['team_manager', 'member'] as const)('is forbidden for a %s', async (role) => {
      expect(statusAndCode(await listAuditLog('', fixture[role]))).toEqual([403, 'role_insufficient']);
    });

    it('returns the events to an admin, newest first, each on exactly one page', async () => {
      const all = (await storedEvents()).map(({ id }) => id).reverse();
      const { rows: read, pages } = await listAllPages<{ id: string }>(
        app,
        `${fixture.organizationUrl}/audit-log?limit=3`,
        fixture.admin.accessToken,
      );
      expect([read.map(({ id }) => id), pages]).toEqual([all, Math.ceil(all.length / 3)]);
      expect((await listAuditLog()).body.map(({ id }: { id: string }) => id)).toEqual(all);
    });

    it('filters by action, actor and target, also across pages', async () => {
      const { admin, owner, organizationUrl: org, target } = fixture;
      await expectStatus(
        200,
        app.patch(`${org}/members/${target.id}`, { role: 'team_manager' }, asUser(admin)),
      );
      const actions = async (query: string): Promise<string[]> =>
        (await expectStatus(200, listAuditLog(query))).body.map(({ action }: { action: string }) => action);
      expect(await actions(`?actor_id=${admin.id.toUpperCase()}`)).toEqual(['member.role_changed']);
      expect(await actions(`?target_id=${target.id}`)).toEqual(['member.role_changed', 'member.added']);
      expect(await actions(`?target_id=${target.id}&actor_id=${owner.id}`)).toEqual(['member.added']);
      expect(await actions(`?actor_id=${UNKNOWN_ID}`)).toEqual([]);
      const first = await expectStatus(200, listAuditLog('?action=member.added&limit=3'));
      expect(getNextUrl(first)).toContain('action=member.added');
      const rest = await listAllPages<{ action: string }>(
        app,
        getNextUrl(first) as string,
        owner.accessToken,
      );
      const added = (await storedEvents()).filter(({ action }) => action === 'member.added');
      expect([...first.body, ...rest.rows]).toHaveLength(added.length);
      expect(new Set(rest.rows.map(({ action }) => action))).toEqual(new Set(['member.added']));
    });

    it.each(['action=member.eaten', 'actor_id=me', 'target_id=1', 'since=yesterday', 'cursor=AAAA'])(
      'refuses ?%s',
      async (query) => {
        expect(statusAndCode(await listAuditLog(`?${query}`))).toEqual([400, 'validation_failed']);
      },
    );

    it('returns no events of other organizations', async () => {
      const other = await givenOwnerWithId(app);
      const foreign = `/api/organizations/${other.organizationId}/audit-log`;
      const { body } = await expectStatus(200, app.get(foreign, asUser(other)));
      expect(body).toMatchObject([{ action: 'organization.created', actor_id: other.id }]);
    });
  });

  describe('after a user deletes their account', () => {
    const erase = ({ password, ...person }: UserWithId): Promise<TestResponse> =>
      app.call('DELETE', '/api/auth/me', { ...asUser(person as UserWithId), body: { password } });

    it('keeps the id of the user and no longer shows the name', async () => {
      const { admin, organizationUrl: org, target } = fixture;
      await expectStatus(
        200,
        app.patch(`${org}/members/${target.id}`, { role: 'team_manager' }, asUser(admin)),
      );
      for (const person of [admin, target]) await expectStatus(204, erase(person));
      const changed = await expectStatus(200, listAuditLog('?action=member.role_changed'));
      expect(changed.body).toMatchObject([
        { actor_id: admin.id, actor_username: null, target_id: target.id, target_username: null },
      ]);
      const left = await expectStatus(200, listAuditLog('?action=member.left'));
      const ids = left.body.map(({ target_id }: { target_id: string }) => target_id);
      expect(ids).toEqual([target.id, admin.id]);
      const stored = JSON.stringify(await app.sql('SELECT * FROM audit_events'));
      for (const { username, email } of [admin, target])
        for (const name of [username, email]) expect(stored).not.toContain(name);
    });

    it('records the deletion of an organization in which the user was alone', async () => {
      const owner = await givenOwnerWithId(app);
      await expectStatus(204, erase(owner));
      expect((await storedAuditEvents(app, owner.organizationId)).at(-1)).toMatchObject({
        action: 'organization.deleted',
        actor_id: owner.id,
        target_id: owner.organizationId,
      });
    });
  });
});
