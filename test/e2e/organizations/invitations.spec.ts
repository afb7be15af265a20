import { toXcRole } from '@/modules/organizations/organizations.rules.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { toEncodings, dumpDatabase } from '@test/support/database/database-dump.js';
import {
  expectStatus,
  getNextUrl,
  listAllPages,
  statusAndCode,
  invalidPaths,
} from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenInvitation,
  givenMember,
  UNRESOLVABLE_IDS,
  type Role,
  ROLES,
} from '@test/support/organizations/given-organizations.js';

const INVITATIONS_URL = '/api/v1/invitations';
const DAY_SECONDS = 24 * 3600;
const INVALID_INVITATION = { email: null, organization_name: null, role: null, is_valid: false };

describe('invitations', () => {
  const log = new MemoryLog();
  let app: TestApp;
  let fixture: OrganizationFixture;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start({ log });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    fixture = await givenOrganization(app);
  });

  const newAddress = (): string => `invited-${(count += 1)}@example.com`;
  const invite = (body: object, by = fixture.owner): Promise<TestResponse> =>
    app.post(INVITATIONS_URL, body, { token: by.accessToken });
  const changeInvitation = (
    verb: 'resend' | 'revoke',
    id: string,
    by = fixture.owner,
  ): Promise<TestResponse> => app.call('POST', `${INVITATIONS_URL}/${id}/${verb}`, { token: by.accessToken });
  const validate = async (token: string): Promise<unknown> =>
    (await expectStatus(200, app.get(`${INVITATIONS_URL}/validate?token=${token}`))).body;
  const listInvitations = async (): Promise<Record<string, unknown>[]> =>
    (await expectStatus(200, app.get(INVITATIONS_URL, { token: fixture.owner.accessToken }))).body;
  const getInvitationToken = (email: string): Promise<string> =>
    app.lastLinkToken(email, 'accept-invitation');

  it('are created as pending for seven days and mailed', async () => {
    const email = newAddress();
    const { body } = await expectStatus(201, invite({ email: ` ${email.toUpperCase()} `, role: 'admin' }));
    expect(body).toEqual({
      id: expect.any(String),
      email,
      role: 'admin',
      status: 'pending',
      invited_by_email: fixture.owner.email,
      created_at: expect.stringMatching(/Z$/),
      expires_at: expect.any(String),
      accepted_at: null,
    });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBeGreaterThanOrEqual(
      7 * DAY_SECONDS * 1000 - 50,
    );
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBeLessThan(
      7 * DAY_SECONDS * 1000 + 1000,
    );
    expect(await validate(await getInvitationToken(email))).toEqual({
      email,
      organization_name: 'Acme Learning',
      role: 'admin',
      is_valid: true,
    });
    expect(await listInvitations()).toEqual([body]);
  });

  const ASSIGNABLE_ROLES: Record<Role, Role[]> = {
    owner: ['owner', 'admin', 'team_manager', 'member'],
    admin: ['team_manager', 'member'],
    team_manager: [],
    member: [],
  };
  it.each(ROLES.flatMap((actor) => ROLES.map((role) => [actor, role] as const)))(
    'can be created and resent for lower roles only, and by owners for all roles: %s invites a %s',
    async (actor, role) => {
      const allowed = ASSIGNABLE_ROLES[actor].includes(role);
      const email = newAddress();
      const made = await invite({ email, role }, fixture[actor]);
      if (allowed) expect([made.status, made.body.role]).toEqual([201, toXcRole(role)]);
      else expect(statusAndCode(made)).toEqual([403, 'role_insufficient']);
      expect(await app.mails(email)).toHaveLength(allowed ? 1 : 0);
      const { id } = await givenInvitation(app, fixture.owner, { role });
      const again = await changeInvitation('resend', id, fixture[actor]);
      if (allowed) expect([again.status, again.body.invited_by_email]).toEqual([200, fixture[actor].email]);
      else expect(statusAndCode(again)).toEqual([403, 'role_insufficient']);
    },
  );

  it.each(['team_manager', 'member', 'outsider'] as const)('are hidden from %s', async (who) => {
    const { id } = await givenInvitation(app, fixture.owner);
    const expected = who === 'outsider' ? [404, 'no_organization'] : [403, 'role_insufficient'];
    const responses = [
      await app.get(INVITATIONS_URL, { token: fixture[who].accessToken }),
      await changeInvitation('resend', id, fixture[who]),
      await changeInvitation('revoke', id, fixture[who]),
    ];
    for (const response of responses) expect(statusAndCode(response)).toEqual(expected);
    expect((await listInvitations()).map(({ status }) => status)).toEqual(['pending']);
  });

  it.each([
    ['no address', {}, 'email'],
    ['a malformed address', { email: 'grace' }, 'email'],
    ['a role that does not exist', { email: 'a@example.com', role: 'root' }, 'role'],
    ['another organization', { email: 'a@example.com', organization_id: 'x' }, 'organization_id'],
  ])('cannot be created with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, invite(body));
    expect(invalidPaths(refused)[0]).toBe(path);
  });

  it('cannot be created for a member, nor twice for one address', async () => {
    expect(statusAndCode(await invite({ email: fixture.member.email.toUpperCase() }))).toEqual([
      409,
      'already_member',
    ]);
    const { email, id } = await givenInvitation(app, fixture.owner);
    expect(statusAndCode(await invite({ email }))).toEqual([409, 'invitation_pending']);
    await expectStatus(200, changeInvitation('revoke', id));
    await expectStatus(201, invite({ email }));
    expect((await listInvitations()).map(({ status }) => status)).toEqual(['pending', 'revoked']);
  });

  it('are listed newest first with their status, and not in another organization', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) ids.unshift((await givenInvitation(app, fixture.owner)).id);
    await expectStatus(200, changeInvitation('revoke', ids[4] as string));
    const rows = await listInvitations();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows[4]).toMatchObject({ status: 'revoked' });
    const token = fixture.admin.accessToken;
    const paged = await listAllPages<{ id: string }>(app, `${INVITATIONS_URL}?limit=10`, token);
    expect([paged.rows.map(({ id }) => id), paged.pages]).toEqual([ids, 3]);
    const other = await givenOwnerWithId(app);
    const elsewhere = await expectStatus(200, app.get(INVITATIONS_URL, { token: other.accessToken }));
    expect([elsewhere.body, getNextUrl(elsewhere)]).toEqual([[], undefined]);
  });

  it('of another organization answer 404 like unknown ones', async () => {
    const { id } = await givenInvitation(app, fixture.owner);
    const other = await givenOwnerWithId(app);
    for (const target of [id, ...UNRESOLVABLE_IDS])
      for (const verb of ['resend', 'revoke'] as const)
        expect(statusAndCode(await changeInvitation(verb, target, other))).toEqual([
          404,
          'invitation_not_found',
        ]);
    expect((await listInvitations())[0]).toMatchObject({ status: 'pending' });
  });

  it('get a new link and another seven days when resent; the old link is invalid', async () => {
    const { id, email, token } = await givenInvitation(app, fixture.owner);
    app.clock.advance(600);
    const { body } = await expectStatus(200, changeInvitation('resend', id));
    expect(body).toMatchObject({ id, email, status: 'pending' });
    expect(Date.parse(body.expires_at) - app.clock.millis()).toBeGreaterThan(7 * DAY_SECONDS * 1000 - 5000);
    const fresh = await getInvitationToken(email);
    expect(fresh).not.toBe(token);
    expect(await validate(token)).toEqual(INVALID_INVITATION);
    expect(await validate(fresh)).toMatchObject({ email, is_valid: true });
    expect(statusAndCode(await app.post(`${INVITATIONS_URL}/accept`, { token }))).toEqual([
      410,
      'invitation_invalid',
    ]);
  });

  it('are invalid when revoked, and can be neither revoked nor resent again', async () => {
    const { id, email, token } = await givenInvitation(app, fixture.owner);
    const { body } = await expectStatus(200, changeInvitation('revoke', id, fixture.admin));
    expect(body).toMatchObject({ id, email, status: 'revoked', accepted_at: null });
    expect(await validate(token)).toEqual(INVALID_INVITATION);
    for (const verb of ['resend', 'revoke'] as const)
      expect(statusAndCode(await changeInvitation(verb, id))).toEqual([409, 'invitation_not_pending']);
    expect(await app.mails(email)).toHaveLength(1);
  });

  it('expire after exactly seven days, and then the address can be invited again', async () => {
    const owner = await givenOwnerWithId(app);
    const { email, token } = await givenInvitation(app, owner);
    app.clock.advance(7 * DAY_SECONDS - 60);
    expect(await validate(token)).toMatchObject({ is_valid: true });
    app.clock.advance(61);
    expect(await validate(token)).toEqual(INVALID_INVITATION);
    expect(statusAndCode(await app.post(`${INVITATIONS_URL}/accept`, { token }))).toEqual([
      410,
      'invitation_invalid',
    ]);
    const { email: name, password } = owner;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email: name, password }));
    const session = { token: login.body.access_token as string };
    await expectStatus(201, app.post(INVITATIONS_URL, { email }, session));
    const { body } = await expectStatus(200, app.get(INVITATIONS_URL, session));
    expect(body.map(({ status }: { status: string }) => status)).toEqual(['pending', 'revoked']);
  });

  it.each(['', 'x', 'x'.repeat(512), '%00'])('are not valid for the token %j', async (token) => {
    const response = await app.get(`${INVITATIONS_URL}/validate?token=${token}`);
    if (response.status === 200) expect(response.body).toEqual(INVALID_INVITATION);
    else expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
  });

  it('show their token only in the mail, and in no response, row or log line', async () => {
    const email = newAddress();
    const made = await expectStatus(201, invite({ email }));
    const first = await getInvitationToken(email);
    const again = await expectStatus(200, changeInvitation('resend', made.body.id));
    const second = await getInvitationToken(email);
    const look = await app.get(`${INVITATIONS_URL}/validate?token=${second}`);
    const password = 'walrus paints eleven harbours';
    const taken = await expectStatus(200, app.post(`${INVITATIONS_URL}/accept`, { token: second, password }));
    const answers = [made, again, look, taken].map(({ text, headers }) => text + JSON.stringify(headers));
    answers.push(JSON.stringify(await listInvitations()));
    const { text } = await dumpDatabase(app);
    expect([text.includes(email), log.text.includes('/api/v1/invitations/accept')]).toEqual([true, true]);
    for (const token of [first, second]) {
      expect(token.length).toBeGreaterThan(30);
      for (const disguise of toEncodings(token))
        for (const place of [...answers, text, log.text]) expect(place.includes(disguise)).toBe(false);
    }
  });

  it('are limited to 50 mails a day for each organization, including resent ones', async () => {
    const limited = await TestApp.start({ siblingOf: app, env: { RATE_LIMITS: 'on' } });
    try {
      const second = await givenMember(
        app,
        { organizationId: fixture.organizationId, by: fixture.owner },
        'admin',
      );
      const send = (by = fixture.owner): Promise<TestResponse> =>
        limited.post(INVITATIONS_URL, { email: newAddress() }, { token: by.accessToken });
      const first = await expectStatus(201, send());
      expect(first.headers).toMatchObject({ 'ratelimit-limit': '50', 'ratelimit-remaining': '49' });
      for (let index = 1; index < 49; index += 1)
        await expectStatus(201, send(index % 2 ? second : fixture.owner));
      const again = `${INVITATIONS_URL}/${first.body.id}/resend`;
      await expectStatus(200, limited.call('POST', again, { token: second.accessToken }));
      for (const refused of [
        await send(),
        await send(second),
        await limited.call('POST', again, { token: second.accessToken }),
      ]) {
        expect(statusAndCode(refused)).toEqual([429, 'too_many_attempts']);
        expect(refused.body.detail).toBe('Too many attempts. Try again later.');
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      }
      const other = await givenOwnerWithId(app);
      await expectStatus(201, send(other));
    } finally {
      await limited.stop();
    }
  });

  it('answer 503 and store nothing when the server sends no mail', async () => {
    const appWithoutMail = await TestApp.start({ siblingOf: app, env: { MAIL: 'off' } });
    try {
      const { id } = await givenInvitation(app, fixture.owner);
      const token = fixture.owner.accessToken;
      const headers = { 'idempotency-key': `mute-${count}` };
      const email = newAddress();
      for (const refused of [
        await appWithoutMail.post(INVITATIONS_URL, { email }, { token, headers }),
        await appWithoutMail.call('POST', `${INVITATIONS_URL}/${id}/resend`, { token }),
      ])
        expect(statusAndCode(refused)).toEqual([503, 'mail_not_configured']);
      expect((await listInvitations()).map((row) => row.id)).toEqual([id]);
      await expectStatus(201, app.post(INVITATIONS_URL, { email }, { token, headers }));
    } finally {
      await appWithoutMail.stop();
    }
  });
});
