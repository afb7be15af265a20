import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  type StoredAuditEvent,
  storedAuditEvents,
  givenPopulatedOrganization,
  type UserWithId,
  type PopulatedOrganization,
} from '@test/support/organizations/given-organizations.js';

interface AuditedAction {
  action: string;
  /** What it is done to: a value of the answer, or of the scene. */
  target: (fixture: PopulatedOrganization, response: TestResponse) => string;
  perform: (scene: PopulatedOrganization) => Promise<TestResponse>;
  status: number;
  actor?: (scene: PopulatedOrganization) => UserWithId;
}

const getId = (_scene: PopulatedOrganization, { body }: TestResponse): string => body.id as string;

describe('every change in an organization', () => {
  let app: TestApp;
  let scene: PopulatedOrganization;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const asUser = ({ accessToken: token }: UserWithId) => ({ token });
  const storedEvents = (): Promise<StoredAuditEvent[]> => storedAuditEvents(app, scene.organizationId);
  const listAuditLog = (query = '', by = scene.owner): Promise<TestResponse> =>
    app.get(`${scene.organizationUrl}/audit-log${query}`, asUser(by));

  beforeEach(async () => {
    scene = await givenPopulatedOrganization(app);
  });

  const AUDITED_ACTIONS: AuditedAction[] = [
    {
      action: 'organization.updated',
      perform: ({ organizationUrl: org, owner }) => app.patch(org, { name: 'Renamed' }, asUser(owner)),
      target: getId,
      status: 200,
    },
    {
      action: 'organization.updated',
      perform: ({ owner }) => app.patch('/api/v1/organization', { tax_id: 'DE1' }, asUser(owner)),
      target: getId,
      status: 200,
    },
    {
      action: 'member.added',
      perform: ({ organizationUrl: org, owner, outsider }) =>
        app.post(`${org}/members`, { user_id: outsider.id }, asUser(owner)),
      target: ({ outsider }) => outsider.id,
      status: 201,
    },
    {
      action: 'member.role_changed',
      perform: ({ organizationUrl: org, owner, target }) =>
        app.patch(`${org}/members/${target.id}`, { role: 'admin' }, asUser(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'member.role_changed',
      perform: ({ owner, target }) =>
        app.patch(`/api/v1/users/${target.id}`, { role: 'admin' }, asUser(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'member.removed',
      perform: ({ organizationUrl: org, owner, target }) =>
        app.delete(`${org}/members/${target.id}`, asUser(owner)),
      target: ({ target }) => target.id,
      status: 204,
    },
    {
      action: 'member.left',
      perform: ({ organizationUrl: org, target }) =>
        app.delete(`${org}/members/${target.id}`, asUser(target)),
      target: ({ target }) => target.id,
      status: 204,
      actor: ({ target }) => target,
    },
    {
      action: 'team.created',
      perform: ({ organizationUrl: org, owner }) =>
        app.post(`${org}/teams`, { name: 'Paris' }, asUser(owner)),
      target: getId,
      status: 201,
    },
    {
      action: 'team.updated',
      perform: ({ organizationUrl: org, owner, teamId }) =>
        app.patch(`${org}/teams/${teamId}`, { name: 'Bonn' }, asUser(owner)),
      target: getId,
      status: 200,
    },
    {
      action: 'team.deleted',
      perform: ({ organizationUrl: org, owner, teamId }) =>
        app.delete(`${org}/teams/${teamId}`, asUser(owner)),
      target: ({ teamId }) => teamId,
      status: 204,
    },
    {
      action: 'team.member_added',
      perform: ({ organizationUrl: org, owner, teamId, target }) =>
        app.call('PUT', `${org}/teams/${teamId}/members/${target.id}`, asUser(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'team.member_removed',
      perform: ({ organizationUrl: org, owner, teamId, member }) =>
        app.delete(`${org}/teams/${teamId}/members/${member.id}`, asUser(owner)),
      target: ({ member }) => member.id,
      status: 204,
    },
    {
      action: 'invitation.created',
      perform: ({ owner, target: { id } }) =>
        app.post('/api/v1/invitations', { email: `${id}@example.com` }, asUser(owner)),
      target: getId,
      status: 201,
    },
    {
      action: 'invitation.resent',
      perform: ({ owner, invitation: { id } }) =>
        app.call('POST', `/api/v1/invitations/${id}/resend`, asUser(owner)),
      target: getId,
      status: 200,
    },
    {
      action: 'invitation.revoked',
      perform: ({ owner, invitation: { id } }) =>
        app.call('POST', `/api/v1/invitations/${id}/revoke`, asUser(owner)),
      target: getId,
      status: 200,
    },
    {
      action: 'invitation.accepted',
      perform: ({ invited, invitation: { token } }) =>
        app.post('/api/v1/invitations/accept', { token }, asUser(invited)),
      target: ({ invitation }) => invitation.id,
      status: 200,
      actor: ({ invited }) => invited,
    },
    {
      action: 'user.created',
      perform: ({ owner, target: { id } }) =>
        app.post('/api/v1/users', { email: `${id}@example.com` }, asUser(owner)),
      target: getId,
      status: 201,
    },
    {
      action: 'user.updated',
      perform: ({ owner, provisioned: made }) =>
        app.patch(`/api/v1/users/${made.id}`, { email: `x-${made.email}`, is_active: false }, asUser(owner)),
      target: getId,
      status: 200,
    },
  ];

  it.each(AUDITED_ACTIONS)(
    'commits together with exactly one audit event, or not at all: $action',
    async (auditedAction) => {
      const { action, perform: act, target, status, actor: by } = auditedAction;
      const before = await readState();
      const logged = await storedEvents();
      await app.sql(
        `CREATE FUNCTION no_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no log'; END $$`,
      );
      await app.sql('CREATE TRIGGER no_log BEFORE INSERT ON audit_events EXECUTE FUNCTION no_log()');
      try {
        await expectStatus(500, act(scene));
      } finally {
        await app.sql('DROP FUNCTION no_log CASCADE');
      }
      expect(await readState()).toEqual(before);
      const response = await expectStatus(status, act(scene));
      const added = (await storedEvents()).slice(logged.length);
      const actor = by?.(scene) ?? scene.owner;
      expect(added).toMatchObject([{ action, actor_id: actor.id, target_id: target(scene, response) }]);
      expect(JSON.stringify(added[0]?.details)).not.toMatch(/@|person-|owner-/);
      const shown = (await expectStatus(200, listAuditLog('?limit=1'))).body[0];
      expect(shown).toMatchObject({ id: added[0]?.id, api_key_id: null, actor_username: actor.username });
    },
  );

  const TABLES = ['organizations', 'teams', 'team_members', 'invitations', 'audit_events'];
  const readState = (): Promise<unknown[]> =>
    Promise.all([
      ...TABLES.map((table) => app.sql(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)),
      app.sql('SELECT organization_id, user_id, role FROM memberships ORDER BY 1, 2'),
      app.sql('SELECT id, email, is_active, home_organization_id FROM users ORDER BY 1'),
    ]);

  it('records two events, one in each organization, when a member is moved', async () => {
    const { owner, target, organizationUrl: org } = scene;
    const made = await expectStatus(201, app.post('/api/organizations', { name: 'Goal' }, asUser(owner)));
    const targetOrganizationId = made.body.id as string;
    const before = (await storedEvents()).length;
    const put = app.call('PUT', `${org}/members/${target.id}`, {
      ...asUser(owner),
      body: { organization_id: targetOrganizationId },
    });
    await expectStatus(200, put);
    expect((await storedEvents()).slice(before)).toMatchObject([
      { action: 'member.moved_out', target_id: target.id },
    ]);
    expect(await storedAuditEvents(app, targetOrganizationId)).toMatchObject([
      { action: 'organization.created', target_id: targetOrganizationId },
      { action: 'member.moved_in', target_id: target.id },
    ]);
  });

  it('records one event when a second factor is reset', async () => {
    await enableTwoFactor(app, scene.provisioned, 'totp');
    const before = (await storedEvents()).length;
    const url = `/api/v1/users/${scene.provisioned.id}/reset-2fa`;
    await expectStatus(200, app.call('POST', url, asUser(scene.owner)));
    expect((await storedEvents()).slice(before)).toMatchObject([
      { action: 'user.two_factor_reset', target_id: scene.provisioned.id, actor_id: scene.owner.id },
    ]);
  });
});
