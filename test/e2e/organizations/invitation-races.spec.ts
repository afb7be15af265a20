import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  auditRows,
  givenFounder,
  givenInvitation,
  givenMemberOf,
  givenPerson,
  refusal,
  rolesIn,
  together,
} from '@test/support/organizations/given-organizations.js';

const PASSWORD = 'walrus paints eleven harbours';

describe('an invitation that many act on at once', () => {
  let app: TestApp;
  let other: TestApp;
  let owner: Awaited<ReturnType<typeof givenFounder>>;

  beforeAll(async () => {
    app = await TestApp.start();
    other = await TestApp.start({ beside: app });
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
  });

  const nodeOf = (index: number): TestApp => (index % 2 ? other : app);
  const accept = (body: object, index: number, token?: string): Promise<Answer> =>
    nodeOf(index).post('/api/v1/invitations/accept', body, { token });
  const act = (verb: 'resend' | 'revoke', id: string, index = 0): Promise<Answer> =>
    nodeOf(index).call('POST', `/api/v1/invitations/${id}/${verb}`, { token: owner.accessToken });
  const accepted = async (): Promise<number> =>
    (await auditRows(app, owner.organizationId)).filter(({ action }) => action === 'invitation.accepted')
      .length;
  const tokensTo = async (email: string): Promise<string[]> =>
    (await app.mails(email)).map(({ text }) => /accept-invitation\?token=([\w-]+)/.exec(text)?.[1] ?? '');
  const valid = async (token: string): Promise<boolean> =>
    (await app.get(`/api/v1/invitations/validate?token=${token}`)).body.is_valid as boolean;

  it('opens one account for 20 who accept it signed out; the others hear that it is taken', async () => {
    const { email, token } = await givenInvitation(app, owner);
    const answers = await together(20, (index) => accept({ token, password: PASSWORD }, index));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code as string);
    expect(lost.filter((code) => !['login_required', 'invitation_invalid'].includes(code))).toEqual([]);
    expect(await app.sql('SELECT id FROM users WHERE email = $1', [email])).toHaveLength(1);
    expect([Object.keys(await rolesIn(app, owner.organizationId)).length, await accepted()]).toEqual([2, 1]);
  });

  it('admits one of 20 who accept it signed in', async () => {
    const person = await givenPerson(app);
    const { token } = await givenInvitation(app, owner, { email: person.email });
    const answers = await together(20, (index) => accept({ token }, index, person.accessToken));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = answers.filter(({ status }) => status !== 200);
    for (const answer of lost) expect(refusal(answer)).toEqual([410, 'invitation_invalid']);
    expect(await accepted()).toBe(1);
  });

  it('is accepted or revoked, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = await givenPerson(app);
      const { id, token } = await givenInvitation(app, owner, { email: person.email });
      const calls = [() => accept({ token }, round, person.accessToken), () => act('revoke', id, round + 1)];
      const [first, second] = await Promise.all(
        (round % 4 < 2 ? calls : calls.reverse()).map((call) => call()),
      );
      const answers = [first as Answer, second as Answer];
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(['invitation_invalid', 'invitation_not_pending']).toContain(
        answers.find(({ status }) => status !== 200)?.body.code,
      );
      const [row] = await app.sql<{ status: string }>('SELECT status FROM invitations WHERE id = $1', [id]);
      const isMember = person.id in (await rolesIn(app, owner.organizationId));
      expect(row?.status).toBe(isMember ? 'accepted' : 'revoked');
    }
  });

  it('sent again ten times at once has one link that works', async () => {
    const { id, email } = await givenInvitation(app, owner);
    const answers = await together(10, (index) => act('resend', id, index));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const tokens = await tokensTo(email);
    expect(new Set(tokens).size).toBe(11);
    const working = await Promise.all(tokens.map(valid));
    expect(working.filter(Boolean)).toHaveLength(1);
  });

  it('is dead once revoked, whatever was sent again meanwhile', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id, email } = await givenInvitation(app, owner);
      const [sent, revoked] = await Promise.all([act('resend', id, round), act('revoke', id, round + 1)]);
      expect(revoked.status).toBe(200);
      if (sent.status !== 200) expect(refusal(sent)).toEqual([409, 'invitation_not_pending']);
      const tokens = await tokensTo(email);
      expect(tokens).toHaveLength(sent.status === 200 ? 2 : 1);
      expect(await Promise.all(tokens.map(valid))).toEqual(tokens.map(() => false));
    }
  });

  it('is one when ten make it at once for the same address', async () => {
    const email = 'wanted@example.com';
    const answers = await together(10, (index) =>
      nodeOf(index).post('/api/v1/invitations', { email }, { token: owner.accessToken }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const lost = answers.filter(({ status }) => status !== 201);
    for (const answer of lost) expect(refusal(answer)).toEqual([409, 'invitation_pending']);
    expect(await app.mails(email)).toHaveLength(1);
  });

  it('admits nobody after its inviter has gone', async () => {
    for (let round = 0; round < 10; round += 1) {
      const at = { organizationId: owner.organizationId, by: owner };
      const admin = await givenMemberOf(app, at, 'admin');
      const person = await givenPerson(app);
      const { token } = await givenInvitation(app, admin, { email: person.email });
      const url = `/api/organizations/${owner.organizationId}/members/${admin.id}`;
      const [joined, removed] = await Promise.all([
        accept({ token }, round, person.accessToken),
        app.delete(url, { token: owner.accessToken }),
      ]);
      expect(removed.status).toBe(204);
      if (joined.status !== 200) expect(refusal(joined)).toEqual([403, 'role_insufficient']);
      const log = await auditRows(app, owner.organizationId);
      const end = log.findIndex((row) => row.action === 'member.removed' && row.target_id === admin.id);
      const entry = log.findIndex(
        (row) => row.action === 'invitation.accepted' && row.actor_id === person.id,
      );
      expect(end).toBeGreaterThan(0);
      if (joined.status === 200 && round % 2 === 0) expect(entry).toBeLessThan(end); // one process, one order
      expect(person.id in (await rolesIn(app, owner.organizationId))).toBe(joined.status === 200);
    }
  });

  it('and a member added at the same moment are one membership', async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = await givenPerson(app);
      const { token } = await givenInvitation(app, owner, { email: person.email, role: 'admin' });
      const url = `/api/organizations/${owner.organizationId}/members`;
      const [joined, added] = await Promise.all([
        accept({ token }, round, person.accessToken),
        app.post(url, { user_id: person.id }, { token: owner.accessToken }),
      ]);
      await expectStatus(200, Promise.resolve(joined));
      const role = added.status === 201 ? 'member' : 'admin';
      if (added.status !== 201) expect(refusal(added)).toEqual([409, 'already_member']);
      expect((await rolesIn(app, owner.organizationId))[person.id]).toBe(role);
    }
  });
});
