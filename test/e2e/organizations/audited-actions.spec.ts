import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  type AuditRow,
  auditRows,
  givenScene,
  type Person,
  type Scene,
} from '@test/support/organizations/given-organizations.js';

interface Deed {
  action: string;
  /** What it is done to: a value of the answer, or of the scene. */
  target: (scene: Scene, answer: Answer) => string;
  act: (scene: Scene) => Promise<Answer>;
  status: number;
  by?: (scene: Scene) => Person;
}

const idOf = (_scene: Scene, { body }: Answer): string => body.id as string;

describe('every change in an organization', () => {
  let app: TestApp;
  let scene: Scene;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const as = ({ accessToken: token }: Person) => ({ token });
  const rows = (): Promise<AuditRow[]> => auditRows(app, scene.organizationId);
  const list = (query = '', by = scene.owner): Promise<Answer> =>
    app.get(`${scene.org}/audit-log${query}`, as(by));

  beforeEach(async () => {
    scene = await givenScene(app);
  });

  const DEEDS: Deed[] = [
    {
      action: 'organization.updated',
      act: ({ org, owner }) => app.patch(org, { name: 'Renamed' }, as(owner)),
      target: idOf,
      status: 200,
    },
    {
      action: 'organization.updated',
      act: ({ owner }) => app.patch('/api/v1/organization', { tax_id: 'DE1' }, as(owner)),
      target: idOf,
      status: 200,
    },
    {
      action: 'member.added',
      act: ({ org, owner, outsider }) => app.post(`${org}/members`, { user_id: outsider.id }, as(owner)),
      target: ({ outsider }) => outsider.id,
      status: 201,
    },
    {
      action: 'member.role_changed',
      act: ({ org, owner, target }) => app.patch(`${org}/members/${target.id}`, { role: 'admin' }, as(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'member.role_changed',
      act: ({ owner, target }) => app.patch(`/api/v1/users/${target.id}`, { role: 'admin' }, as(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'member.removed',
      act: ({ org, owner, target }) => app.delete(`${org}/members/${target.id}`, as(owner)),
      target: ({ target }) => target.id,
      status: 204,
    },
    {
      action: 'member.left',
      act: ({ org, target }) => app.delete(`${org}/members/${target.id}`, as(target)),
      target: ({ target }) => target.id,
      status: 204,
      by: ({ target }) => target,
    },
    {
      action: 'team.created',
      act: ({ org, owner }) => app.post(`${org}/teams`, { name: 'Paris' }, as(owner)),
      target: idOf,
      status: 201,
    },
    {
      action: 'team.updated',
      act: ({ org, owner, teamId }) => app.patch(`${org}/teams/${teamId}`, { name: 'Bonn' }, as(owner)),
      target: idOf,
      status: 200,
    },
    {
      action: 'team.deleted',
      act: ({ org, owner, teamId }) => app.delete(`${org}/teams/${teamId}`, as(owner)),
      target: ({ teamId }) => teamId,
      status: 204,
    },
    {
      action: 'team.member_added',
      act: ({ org, owner, teamId, target }) =>
        app.call('PUT', `${org}/teams/${teamId}/members/${target.id}`, as(owner)),
      target: ({ target }) => target.id,
      status: 200,
    },
    {
      action: 'team.member_removed',
      act: ({ org, owner, teamId, member }) =>
        app.delete(`${org}/teams/${teamId}/members/${member.id}`, as(owner)),
      target: ({ member }) => member.id,
      status: 204,
    },
    {
      action: 'invitation.created',
      act: ({ owner, target: { id } }) =>
        app.post('/api/v1/invitations', { email: `${id}@example.com` }, as(owner)),
      target: idOf,
      status: 201,
    },
    {
      action: 'invitation.resent',
      act: ({ owner, invitation: { id } }) => app.call('POST', `/api/v1/invitations/${id}/resend`, as(owner)),
      target: idOf,
      status: 200,
    },
    {
      action: 'invitation.revoked',
      act: ({ owner, invitation: { id } }) => app.call('POST', `/api/v1/invitations/${id}/revoke`, as(owner)),
      target: idOf,
      status: 200,
    },
    {
      action: 'invitation.accepted',
      act: ({ invited, invitation: { token } }) =>
        app.post('/api/v1/invitations/accept', { token }, as(invited)),
      target: ({ invitation }) => invitation.id,
      status: 200,
      by: ({ invited }) => invited,
    },
    {
      action: 'user.created',
      act: ({ owner, target: { id } }) =>
        app.post('/api/v1/users', { email: `${id}@example.com` }, as(owner)),
      target: idOf,
      status: 201,
    },
    {
      action: 'user.updated',
      act: ({ owner, made }) =>
        app.patch(`/api/v1/users/${made.id}`, { email: `x-${made.email}`, is_active: false }, as(owner)),
      target: idOf,
      status: 200,
    },
  ];

  it.each(DEEDS)('is kept with exactly one row of the audit log, or not at all: $action', async (deed) => {
    const { action, act, target, status, by } = deed;
    const before = await state();
    const logged = await rows();
    await app.sql(
      `CREATE FUNCTION no_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no log'; END $$`,
    );
    await app.sql('CREATE TRIGGER no_log BEFORE INSERT ON audit_events EXECUTE FUNCTION no_log()');
    try {
      await expectStatus(500, act(scene));
    } finally {
      await app.sql('DROP FUNCTION no_log CASCADE');
    }
    expect(await state()).toEqual(before);
    const answer = await expectStatus(status, act(scene));
    const added = (await rows()).slice(logged.length);
    const actor = by?.(scene) ?? scene.owner;
    expect(added).toMatchObject([{ action, actor_id: actor.id, target_id: target(scene, answer) }]);
    expect(JSON.stringify(added[0]?.details)).not.toMatch(/@|person-|owner-/);
    const shown = (await expectStatus(200, list('?limit=1'))).body[0];
    expect(shown).toMatchObject({ id: added[0]?.id, api_key_id: null, actor_username: actor.username });
  });

  const TABLES = ['organizations', 'teams', 'team_members', 'invitations', 'audit_events'];
  const state = (): Promise<unknown[]> =>
    Promise.all([
      ...TABLES.map((table) => app.sql(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)),
      app.sql('SELECT organization_id, user_id, role FROM memberships ORDER BY 1, 2'),
      app.sql('SELECT id, email, is_active, home_organization_id FROM users ORDER BY 1'),
    ]);

  it('gets two rows, one in each log, when somebody is moved', async () => {
    const { owner, target, org } = scene;
    const made = await expectStatus(201, app.post('/api/organizations', { name: 'Goal' }, as(owner)));
    const goal = made.body.id as string;
    const before = (await rows()).length;
    const put = app.call('PUT', `${org}/members/${target.id}`, {
      ...as(owner),
      body: { organization_id: goal },
    });
    await expectStatus(200, put);
    expect((await rows()).slice(before)).toMatchObject([
      { action: 'member.moved_out', target_id: target.id },
    ]);
    expect(await auditRows(app, goal)).toMatchObject([
      { action: 'organization.created', target_id: goal },
      { action: 'member.moved_in', target_id: target.id },
    ]);
  });

  it('gets one row for a second factor that is reset', async () => {
    await enableTwoFactor(app, scene.made, 'totp');
    const before = (await rows()).length;
    const url = `/api/v1/users/${scene.made.id}/reset-2fa`;
    await expectStatus(200, app.call('POST', url, as(scene.owner)));
    expect((await rows()).slice(before)).toMatchObject([
      { action: 'user.two_factor_reset', target_id: scene.made.id, actor_id: scene.owner.id },
    ]);
  });
});
