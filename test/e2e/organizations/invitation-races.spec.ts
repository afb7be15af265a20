import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { statusAndCode } from '@test/support/http/responses.js';
import {
  storedAuditEvents,
  givenOwnerWithId,
  givenInvitation,
  givenMember,
  givenUserWithId,
  storedRoles,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const PASSWORD = 'walrus paints eleven harbours';

describe('concurrent requests about one invitation', () => {
  let app: TestApp;
  let sibling: TestApp;
  let owner: Awaited<ReturnType<typeof givenOwnerWithId>>;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
  });

  const alternatingNode = (index: number): TestApp => (index % 2 ? sibling : app);
  const accept = (body: object, index: number, token?: string): Promise<TestResponse> =>
    alternatingNode(index).post('/api/v1/invitations/accept', body, { token });
  const changeInvitation = (verb: 'resend' | 'revoke', id: string, index = 0): Promise<TestResponse> =>
    alternatingNode(index).call('POST', `/api/v1/invitations/${id}/${verb}`, { token: owner.accessToken });
  const countAccepted = async (): Promise<number> =>
    (await storedAuditEvents(app, owner.organizationId)).filter(
      ({ action }) => action === 'invitation.accepted',
    ).length;
  const mailedTokens = async (email: string): Promise<string[]> =>
    (await app.mails(email)).map(({ text }) => /accept-invitation\?token=([\w-]+)/.exec(text)?.[1] ?? '');
  const isValid = async (token: string): Promise<boolean> =>
    (await app.get(`/api/v1/invitations/validate?token=${token}`)).body.is_valid as boolean;

  it('create one account for 20 signed-out requests; the others answer that it was used', async () => {
    const { email, token } = await givenInvitation(app, owner);
    const responses = await inParallel(20, (index) => accept({ token, password: PASSWORD }, index));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = responses.filter(({ status }) => status !== 200).map(({ body }) => body.code as string);
    expect(lost.filter((code) => !['login_required', 'invitation_invalid'].includes(code))).toEqual([]);
    expect(await app.sql('SELECT id FROM users WHERE email = $1', [email])).toHaveLength(1);
    expect([Object.keys(await storedRoles(app, owner.organizationId)).length, await countAccepted()]).toEqual(
      [2, 1],
    );
  });

  it('let one of 20 signed-in requests accept it', async () => {
    const person = await givenUserWithId(app);
    const { token } = await givenInvitation(app, owner, { email: person.email });
    const responses = await inParallel(20, (index) => accept({ token }, index, person.accessToken));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = responses.filter(({ status }) => status !== 200);
    for (const response of lost) expect(statusAndCode(response)).toEqual([410, 'invitation_invalid']);
    expect(await countAccepted()).toBe(1);
  });

  it('either accept or revoke it, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = await givenUserWithId(app);
      const { id, token } = await givenInvitation(app, owner, { email: person.email });
      const calls = [
        () => accept({ token }, round, person.accessToken),
        () => changeInvitation('revoke', id, round + 1),
      ];
      const [first, second] = await Promise.all(
        (round % 4 < 2 ? calls : calls.reverse()).map((call) => call()),
      );
      const responses = [first as TestResponse, second as TestResponse];
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(['invitation_invalid', 'invitation_not_pending']).toContain(
        responses.find(({ status }) => status !== 200)?.body.code,
      );
      const [row] = await app.sql<{ status: string }>('SELECT status FROM invitations WHERE id = $1', [id]);
      const isMember = person.id in (await storedRoles(app, owner.organizationId));
      expect(row?.status).toBe(isMember ? 'accepted' : 'revoked');
    }
  });

  it('leave one valid link after ten resends', async () => {
    const { id, email } = await givenInvitation(app, owner);
    const responses = await inParallel(10, (index) => changeInvitation('resend', id, index));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const tokens = await mailedTokens(email);
    expect(new Set(tokens).size).toBe(11);
    const working = await Promise.all(tokens.map(isValid));
    expect(working.filter(Boolean)).toHaveLength(1);
  });

  it('leave no valid link when it is revoked during a resend', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id, email } = await givenInvitation(app, owner);
      const [sent, revoked] = await Promise.all([
        changeInvitation('resend', id, round),
        changeInvitation('revoke', id, round + 1),
      ]);
      expect(revoked.status).toBe(200);
      if (sent.status !== 200) expect(statusAndCode(sent)).toEqual([409, 'invitation_not_pending']);
      const tokens = await mailedTokens(email);
      expect(tokens).toHaveLength(sent.status === 200 ? 2 : 1);
      expect(await Promise.all(tokens.map(isValid))).toEqual(tokens.map(() => false));
    }
  });

  it('create one invitation when ten invite the same address', async () => {
    const email = 'wanted@example.com';
    const responses = await inParallel(10, (index) =>
      alternatingNode(index).post('/api/v1/invitations', { email }, { token: owner.accessToken }),
    );
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    const lost = responses.filter(({ status }) => status !== 201);
    for (const response of lost) expect(statusAndCode(response)).toEqual([409, 'invitation_pending']);
    expect(await app.mails(email)).toHaveLength(1);
  });

  it('do not make a user a member after the inviter was removed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const at = { organizationId: owner.organizationId, by: owner };
      const admin = await givenMember(app, at, 'admin');
      const person = await givenUserWithId(app);
      const { token } = await givenInvitation(app, admin, { email: person.email });
      const url = `/api/organizations/${owner.organizationId}/members/${admin.id}`;
      const [joined, removed] = await Promise.all([
        accept({ token }, round, person.accessToken),
        app.delete(url, { token: owner.accessToken }),
      ]);
      expect(removed.status).toBe(204);
      if (joined.status !== 200) expect(statusAndCode(joined)).toEqual([403, 'role_insufficient']);
      const log = await storedAuditEvents(app, owner.organizationId);
      const end = log.findIndex((row) => row.action === 'member.removed' && row.target_id === admin.id);
      const entry = log.findIndex(
        (row) => row.action === 'invitation.accepted' && row.actor_id === person.id,
      );
      expect(end).toBeGreaterThan(0);
      if (joined.status === 200 && round % 2 === 0) expect(entry).toBeLessThan(end); // one process, one order
      expect(person.id in (await storedRoles(app, owner.organizationId))).toBe(joined.status === 200);
    }
  });

  it('create one membership when the invited user is added at the same time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = await givenUserWithId(app);
      const { token } = await givenInvitation(app, owner, { email: person.email, role: 'admin' });
      const url = `/api/organizations/${owner.organizationId}/members`;
      const [joined, added] = await Promise.all([
        accept({ token }, round, person.accessToken),
        app.post(url, { user_id: person.id }, { token: owner.accessToken }),
      ]);
      const role = added.status === 201 ? 'member' : 'admin';
      if (added.status === 201) expect(statusAndCode(joined)).toEqual([410, 'invitation_invalid']);
      else expect(joined.status).toBe(200);
      if (added.status !== 201) expect(statusAndCode(added)).toEqual([409, 'already_member']);
      expect((await storedRoles(app, owner.organizationId))[person.id]).toBe(role);
    }
  });
});
