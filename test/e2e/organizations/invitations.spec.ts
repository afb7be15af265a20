import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { disguisesOf, dump } from '@test/support/database/database-dump.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import {
  type Cast,
  givenCast,
  givenFounder,
  givenInvitation,
  givenMemberOf,
  NO_IDS,
  nextOf,
  refusal,
  type Role,
  ROLES,
  walk,
} from '@test/support/organizations/given-organizations.js';

const URL_OF_ALL = '/api/v1/invitations';
const DAY = 24 * 3600;
const NOTHING = { email: null, organization_name: null, role: null, is_valid: false };

describe('invitations', () => {
  const log = new MemoryLog();
  let app: TestApp;
  let cast: Cast;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start({ log });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    cast = await givenCast(app);
  });

  const address = (): string => `invited-${(count += 1)}@example.com`;
  const invite = (body: object, by = cast.owner): Promise<Answer> =>
    app.post(URL_OF_ALL, body, { token: by.accessToken });
  const act = (verb: 'resend' | 'revoke', id: string, by = cast.owner): Promise<Answer> =>
    app.call('POST', `${URL_OF_ALL}/${id}/${verb}`, { token: by.accessToken });
  const validate = async (token: string): Promise<unknown> =>
    (await expectStatus(200, app.get(`${URL_OF_ALL}/validate?token=${token}`))).body;
  const list = async (): Promise<Record<string, unknown>[]> =>
    (await expectStatus(200, app.get(URL_OF_ALL, { token: cast.owner.accessToken }))).body;
  const linkTo = (email: string): Promise<string> => app.lastLink(email, 'accept-invitation');

  it('are created pending for seven days, and mailed', async () => {
    const email = address();
    const { body } = await expectStatus(201, invite({ email: ` ${email.toUpperCase()} `, role: 'admin' }));
    expect(body).toEqual({
      id: expect.any(String),
      email,
      role: 'admin',
      status: 'pending',
      invited_by_email: cast.owner.email,
      created_at: expect.stringMatching(/Z$/),
      expires_at: expect.any(String),
      accepted_at: null,
    });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBeGreaterThanOrEqual(
      7 * DAY * 1000 - 50,
    );
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBeLessThan(7 * DAY * 1000 + 1000);
    expect(await validate(await linkTo(email))).toEqual({
      email,
      organization_name: 'Acme Learning',
      role: 'admin',
      is_valid: true,
    });
    expect(await list()).toEqual([body]);
  });

  const BELOW: Record<Role, Role[]> = {
    owner: ['owner', 'admin', 'team_manager', 'member'],
    admin: ['team_manager', 'member'],
    team_manager: [],
    member: [],
  };
  it.each(ROLES.flatMap((actor) => ROLES.map((role) => [actor, role] as const)))(
    'are for those who outrank what they offer: %s invites a %s, and sends it again',
    async (actor, role) => {
      const allowed = BELOW[actor].includes(role);
      const email = address();
      const made = await invite({ email, role }, cast[actor]);
      if (allowed) expect([made.status, made.body.role]).toEqual([201, role]);
      else expect(refusal(made)).toEqual([403, 'role_insufficient']);
      expect(await app.mails(email)).toHaveLength(allowed ? 1 : 0);
      const { id } = await givenInvitation(app, cast.owner, { role });
      const again = await act('resend', id, cast[actor]);
      if (allowed) expect([again.status, again.body.invited_by_email]).toEqual([200, cast[actor].email]);
      else expect(refusal(again)).toEqual([403, 'role_insufficient']);
    },
  );

  it.each(['team_manager', 'member', 'outsider'] as const)('are hidden from %s', async (who) => {
    const { id } = await givenInvitation(app, cast.owner);
    const expected = who === 'outsider' ? [404, 'no_organization'] : [403, 'role_insufficient'];
    const answers = [
      await app.get(URL_OF_ALL, { token: cast[who].accessToken }),
      await act('resend', id, cast[who]),
      await act('revoke', id, cast[who]),
    ];
    for (const answer of answers) expect(refusal(answer)).toEqual(expected);
    expect((await list()).map(({ status }) => status)).toEqual(['pending']);
  });

  it.each([
    ['no address', {}, 'email'],
    ['what is no address', { email: 'grace' }, 'email'],
    ['a role that does not exist', { email: 'a@example.com', role: 'root' }, 'role'],
    ['another organization', { email: 'a@example.com', organization_id: 'x' }, 'organization_id'],
  ])('are not made with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, invite(body));
    expect(refused.body.detail.fields[0].path).toBe(path);
  });

  it('are not made for members, nor twice for one address', async () => {
    expect(refusal(await invite({ email: cast.member.email.toUpperCase() }))).toEqual([
      409,
      'already_member',
    ]);
    const { email, id } = await givenInvitation(app, cast.owner);
    expect(refusal(await invite({ email }))).toEqual([409, 'invitation_pending']);
    await expectStatus(200, act('revoke', id));
    await expectStatus(201, invite({ email }));
    expect((await list()).map(({ status }) => status)).toEqual(['pending', 'revoked']);
  });

  it('are listed newest first with all that became of them, and in no other organization', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) ids.unshift((await givenInvitation(app, cast.owner)).id);
    await expectStatus(200, act('revoke', ids[4] as string));
    const rows = await list();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows[4]).toMatchObject({ status: 'revoked' });
    const token = cast.admin.accessToken;
    const paged = await walk<{ id: string }>(app, `${URL_OF_ALL}?limit=10`, token);
    expect([paged.rows.map(({ id }) => id), paged.pages]).toEqual([ids, 3]);
    const other = await givenFounder(app);
    const elsewhere = await expectStatus(200, app.get(URL_OF_ALL, { token: other.accessToken }));
    expect([elsewhere.body, nextOf(elsewhere)]).toEqual([[], undefined]);
  });

  it('of another organization do not exist, like unknown ones', async () => {
    const { id } = await givenInvitation(app, cast.owner);
    const other = await givenFounder(app);
    for (const target of [id, ...NO_IDS])
      for (const verb of ['resend', 'revoke'] as const)
        expect(refusal(await act(verb, target, other))).toEqual([404, 'invitation_not_found']);
    expect((await list())[0]).toMatchObject({ status: 'pending' });
  });

  it('sent again get a new link and another seven days; the old link ends', async () => {
    const { id, email, token } = await givenInvitation(app, cast.owner);
    app.clock.advance(600);
    const { body } = await expectStatus(200, act('resend', id));
    expect(body).toMatchObject({ id, email, status: 'pending' });
    expect(Date.parse(body.expires_at) - app.clock.millis()).toBeGreaterThan(7 * DAY * 1000 - 5000);
    const fresh = await linkTo(email);
    expect(fresh).not.toBe(token);
    expect(await validate(token)).toEqual(NOTHING);
    expect(await validate(fresh)).toMatchObject({ email, is_valid: true });
    expect(refusal(await app.post(`${URL_OF_ALL}/accept`, { token }))).toEqual([410, 'invitation_invalid']);
  });

  it('revoked lead nowhere, and are neither revoked nor sent again', async () => {
    const { id, email, token } = await givenInvitation(app, cast.owner);
    const { body } = await expectStatus(200, act('revoke', id, cast.admin));
    expect(body).toMatchObject({ id, email, status: 'revoked', accepted_at: null });
    expect(await validate(token)).toEqual(NOTHING);
    for (const verb of ['resend', 'revoke'] as const)
      expect(refusal(await act(verb, id))).toEqual([409, 'invitation_not_pending']);
    expect(await app.mails(email)).toHaveLength(1);
  });

  it('last exactly seven days, and then make room for another', async () => {
    const owner = await givenFounder(app);
    const { email, token } = await givenInvitation(app, owner);
    app.clock.advance(7 * DAY - 60);
    expect(await validate(token)).toMatchObject({ is_valid: true });
    app.clock.advance(61);
    expect(await validate(token)).toEqual(NOTHING);
    expect(refusal(await app.post(`${URL_OF_ALL}/accept`, { token }))).toEqual([410, 'invitation_invalid']);
    const { email: name, password } = owner;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email: name, password }));
    const session = { token: login.body.access_token as string };
    await expectStatus(201, app.post(URL_OF_ALL, { email }, session));
    const { body } = await expectStatus(200, app.get(URL_OF_ALL, session));
    expect(body.map(({ status }: { status: string }) => status)).toEqual(['pending', 'revoked']);
  });

  it.each(['', 'x', 'x'.repeat(512), '%00'])('are not looked up by the token %j', async (token) => {
    const answer = await app.get(`${URL_OF_ALL}/validate?token=${token}`);
    if (answer.status === 200) expect(answer.body).toEqual(NOTHING);
    else expect(refusal(answer)).toEqual([400, 'validation_failed']);
  });

  it('leave their token in the mail only: in no answer, row or log line', async () => {
    const email = address();
    const made = await expectStatus(201, invite({ email }));
    const first = await linkTo(email);
    const again = await expectStatus(200, act('resend', made.body.id));
    const second = await linkTo(email);
    const look = await app.get(`${URL_OF_ALL}/validate?token=${second}`);
    const password = 'walrus paints eleven harbours';
    const taken = await expectStatus(200, app.post(`${URL_OF_ALL}/accept`, { token: second, password }));
    const answers = [made, again, look, taken].map(({ text, headers }) => text + JSON.stringify(headers));
    answers.push(JSON.stringify(await list()));
    const { text } = await dump(app);
    expect([text.includes(email), log.text.includes('/api/v1/invitations/accept')]).toEqual([true, true]);
    for (const token of [first, second]) {
      expect(token.length).toBeGreaterThan(30);
      for (const disguise of disguisesOf(token))
        for (const place of [...answers, text, log.text]) expect(place.includes(disguise)).toBe(false);
    }
  });

  it('are at most 50 a day for one organization, those sent again included', async () => {
    const limited = await TestApp.start({ beside: app, env: { RATE_LIMITS: 'on' } });
    try {
      const second = await givenMemberOf(
        app,
        { organizationId: cast.organizationId, by: cast.owner },
        'admin',
      );
      const send = (by = cast.owner): Promise<Answer> =>
        limited.post(URL_OF_ALL, { email: address() }, { token: by.accessToken });
      const first = await expectStatus(201, send());
      expect(first.headers).toMatchObject({ 'ratelimit-limit': '50', 'ratelimit-remaining': '49' });
      for (let index = 1; index < 49; index += 1)
        await expectStatus(201, send(index % 2 ? second : cast.owner));
      const again = `${URL_OF_ALL}/${first.body.id}/resend`;
      await expectStatus(200, limited.call('POST', again, { token: second.accessToken }));
      for (const refused of [
        await send(),
        await send(second),
        await limited.call('POST', again, { token: second.accessToken }),
      ]) {
        expect(refusal(refused)).toEqual([429, 'too_many_attempts']);
        expect(refused.body.detail).toBe('Too many attempts. Try again later.');
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      }
      const other = await givenFounder(app);
      await expectStatus(201, send(other));
    } finally {
      await limited.stop();
    }
  });

  it('need mail: a server without answers 503 and keeps nothing', async () => {
    const mute = await TestApp.start({ beside: app, env: { MAIL: 'off' } });
    try {
      const { id } = await givenInvitation(app, cast.owner);
      const token = cast.owner.accessToken;
      const headers = { 'idempotency-key': `mute-${count}` };
      const email = address();
      for (const refused of [
        await mute.post(URL_OF_ALL, { email }, { token, headers }),
        await mute.call('POST', `${URL_OF_ALL}/${id}/resend`, { token }),
      ])
        expect(refusal(refused)).toEqual([503, 'mail_not_configured']);
      expect((await list()).map((row) => row.id)).toEqual([id]);
      await expectStatus(201, app.post(URL_OF_ALL, { email }, { token, headers }));
    } finally {
      await mute.stop();
    }
  });
});
