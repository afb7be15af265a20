import type { TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  type OwnerWithId,
  type UserWithId,
  addOrganizationMember,
  givenInvitation,
  givenUserWithId,
  inParallel,
  startWithOwner,
  storedAuditEvents,
  storedRoles,
} from '@test/support/organizations/given-organizations.js';

describe('the pending invitation of a user', () => {
  let app: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => void ({ app, owner } = await startWithOwner()));
  afterAll(() => app.stop());

  const membership = (): { organizationId: string; by: UserWithId } => ({
    organizationId: owner.organizationId,
    by: owner,
  });
  const memberUrl = ({ id }: UserWithId): string =>
    `/api/organizations/${owner.organizationId}/members/${id}`;
  const add = ({ id }: UserWithId): Promise<TestResponse> =>
    addOrganizationMember(app, membership(), { user_id: id });
  const remove = (user: UserWithId): Promise<TestResponse> =>
    app.delete(memberUrl(user), { token: owner.accessToken });
  const accept = (user: UserWithId, token: string): Promise<TestResponse> =>
    app.post('/api/v1/invitations/accept', { token }, { token: user.accessToken });
  const statusOf = async (id: string): Promise<string | undefined> => {
    const list = await app.get('/api/v1/invitations', { token: owner.accessToken });
    return (list.body as { id: string; status: string }[]).find((row) => row.id === id)?.status;
  };
  const actionsOn = async (id: string): Promise<string[]> =>
    (await storedAuditEvents(app, owner.organizationId))
      .filter(({ target_id }) => target_id === id)
      .map(({ action }) => action);

  it('is spent by adding the user, and lets them in no more after they were removed', async () => {
    const user = await givenUserWithId(app);
    const { id, token } = await givenInvitation(app, owner, { email: user.email });
    await expectStatus(201, add(user));
    expect(await statusOf(id)).toBe('accepted');
    expect(await actionsOn(id)).toEqual(['invitation.created', 'invitation.accepted']);
    await expectStatus(204, remove(user));
    expect(statusAndCode(await accept(user, token))).toEqual([410, 'invitation_invalid']);
    const resent = await app.call('POST', `/api/v1/invitations/${id}/resend`, { token: owner.accessToken });
    expect(statusAndCode(resent)).toEqual([409, 'invitation_not_pending']);
    expect((await storedRoles(app, owner.organizationId))[user.id]).toBeUndefined();
  });

  it('is spent by a move into the organization, and by the creation of an account', async () => {
    const source = await expectStatus(
      201,
      app.post('/api/organizations', { name: 'Source' }, { token: owner.accessToken }),
    );
    const user = await givenUserWithId(app);
    const sourceId = source.body.id as string;
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId: sourceId, by: owner }, { user_id: user.id }),
    );
    const moved = await givenInvitation(app, owner, { email: user.email });
    const created = await givenInvitation(app, owner);
    const url = `/api/organizations/${sourceId}/members/${user.id}`;
    const body = { organization_id: owner.organizationId };
    await expectStatus(200, app.call('PUT', url, { body, token: owner.accessToken }));
    await expectStatus(
      201,
      app.post('/api/v1/users', { email: created.email }, { token: owner.accessToken }),
    );
    for (const { id } of [moved, created]) expect(await statusOf(id)).toBe('accepted');
  });

  it('is revoked when the membership ends', async () => {
    const user = await givenUserWithId(app);
    await expectStatus(201, add(user));
    const email = `new-${user.email}`;
    const { id, token } = await givenInvitation(app, owner, { email });
    const password = user.password;
    await expectStatus(200, app.post('/api/auth/email', { email, password }, { token: user.accessToken }));
    const link = await app.lastLinkToken(email, 'verify-email');
    await expectStatus(200, app.post('/api/v1/auth/verify-email', { token: link }));
    await expectStatus(204, remove(user));
    expect(await statusOf(id)).toBe('revoked');
    expect(await actionsOn(id)).toEqual(['invitation.created', 'invitation.revoked']);
    expect(statusAndCode(await accept(user, token))).toEqual([410, 'invitation_invalid']);
  });

  it('is spent once when the user is added and accepts it at the same time', async () => {
    await inParallel(6, async () => {
      const user = await givenUserWithId(app);
      const { id, token } = await givenInvitation(app, owner, { email: user.email });
      const statuses = (await Promise.all([add(user), accept(user, token)])).map(({ status }) => status);
      expect([
        [201, 410],
        [409, 200],
      ]).toContainEqual(statuses);
      expect(await statusOf(id)).toBe('accepted');
      await expectStatus(204, remove(user));
      expect((await accept(user, token)).status).toBe(410);
    });
  });

  it('shows the roles of the XC API only', async () => {
    for (const [role, shown] of [
      ['owner', 'admin'],
      ['team_manager', 'member'],
    ] as const) {
      const { id, token } = await givenInvitation(app, owner, { role });
      const call = { token: owner.accessToken };
      const responses = [
        await app.get(`/api/v1/invitations/validate?token=${token}`),
        await app.call('POST', `/api/v1/invitations/${id}/resend`, call),
        await app.call('POST', `/api/v1/invitations/${id}/revoke`, call),
      ];
      expect(responses.map(({ body }) => body.role as string)).toEqual([shown, shown, shown]);
    }
  });
});
