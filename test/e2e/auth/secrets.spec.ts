import { EventEmitter, once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  givenOwner,
  type TestOwner,
  givenUser,
  type TestUser,
  getTempToken,
  totpCode,
} from '@test/support/auth/given-users.js';
import { PASSWORDS, SecretCollector } from '@test/support/auth/secret-collector.js';
import { dumpDatabase } from '@test/support/database/database-dump.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('secrets', () => {
  const log = new MemoryLog();
  const secrets = new SecretCollector();
  const answers: string[] = [];
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ log });
    await exerciseEveryFeature();
  });
  afterAll(() => app.stop());

  async function recordError(status: number, call: ReturnType<TestApp['post']>): Promise<void> {
    answers.push((await expectStatus(status, call)).text);
  }

  async function exerciseEveryFeature(): Promise<void> {
    const owner = await givenOwner(app);
    secrets.addToken(owner.accessToken);
    await logInAndOut(await givenUser(app));
    await exerciseOrganization(owner);
    await exerciseTotp(owner);
    await exerciseMailedCodes(await givenUser(app));
    await exerciseMailedLinks(await givenUser(app));
    await exerciseIdempotency();
    await exerciseErrors(await givenUser(app));
  }

  async function logInAndOut({ username, email, accessToken, refreshToken }: TestUser): Promise<void> {
    secrets.addToken(accessToken);
    secrets.addToken(refreshToken);
    const form = { username, password: PASSWORDS.first };
    const { body } = await expectStatus(200, app.post('/api/auth/token', undefined, { form }));
    const next = await expectStatus(
      200,
      app.post('/api/auth/refresh', { refresh_token: secrets.addToken(body.refresh_token) }),
    );
    secrets.addToken(next.body.refresh_token);
    app.clock.advance(11);
    await recordError(401, app.post('/api/auth/refresh', { refresh_token: body.refresh_token }));
    const change = { current_password: PASSWORDS.first, password: PASSWORDS.changed };
    await expectStatus(200, app.patch('/api/v1/users/me', change, { token: accessToken }));
    const again = await expectStatus(
      200,
      app.post('/api/v1/auth/login', { email, password: PASSWORDS.changed }),
    );
    const token = secrets.addToken(again.body.access_token);
    await expectStatus(200, app.post('/api/v1/auth/logout', undefined, { token }));
    await recordError(401, app.get('/api/auth/me', { token }));
  }

  async function exerciseTotp(owner: TestUser): Promise<void> {
    await enableTwoFactor(app, owner, 'totp');
    secrets.addText(owner.secret, base32ToHex(owner.secret));
    secrets.addBackupCodes(owner.backupCodes);
    const tempToken = secrets.addToken(await getTempToken(app, owner));
    await recordError(
      401,
      app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code: secrets.addCode('918273') }),
    );
    const code = secrets.addCode(totpCode(app, owner.secret));
    const { body } = await expectStatus(
      200,
      app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code }),
    );
    const token = secrets.addToken(body.access_token);
    const spent = secrets.addToken(await getTempToken(app, owner));
    await expectStatus(
      200,
      app.post('/api/v1/auth/verify-2fa', { temp_token: spent, code: owner.backupCodes[0] }),
    );
    await recordError(401, app.post('/api/v1/auth/step-up', { code: owner.backupCodes[0] }, { token }));
    const renewed = await expectStatus(
      200,
      app.post('/api/v1/auth/2fa/backup-codes', { code: owner.backupCodes[1] }, { token }),
    );
    secrets.addBackupCodes(renewed.body.backup_codes);
    const waiting = await givenUser(app);
    const setup = await app.post(
      '/api/v1/auth/2fa/setup',
      { method: 'totp' },
      { token: waiting.accessToken },
    );
    secrets.addText(setup.body.secret); // never confirmed: it waits in the database
  }

  async function exerciseOrganization({ accessToken: token, organizationId }: TestOwner): Promise<void> {
    const made = { email: 'made@example.com', password: PASSWORDS.given };
    await expectStatus(201, app.post('/api/v1/users', made, { token }));
    secrets.addText(await app.lastLinkToken(made.email, 'reset-password'));
    const due = await expectStatus(403, app.post('/api/v1/auth/login', made));
    secrets.addText(due.body.detail.reset_token as string);
    await expectStatus(201, app.post('/api/v1/invitations', { email: 'invited@example.com' }, { token }));
    secrets.addText(await app.lastLinkToken('invited@example.com', 'accept-invitation'));
    const headers = { 'idempotency-key': 'one-key' };
    const request = { name: 'k', organization_id: organizationId, scopes: ['integrations:write'] };
    const { body } = await expectStatus(201, app.post('/api/api-keys', request, { token, headers }));
    const key = secrets.addToken(body.key);
    const terms = { origin: 'https://partner.example.com', scopes: ['quota:read'] };
    const grant = await expectStatus(
      201,
      app.post('/api/integration/grant', terms, { headers: { 'x-api-key': key } }),
    );
    secrets.addToken(grant.body.token);
    await recordError(401, app.get('/api/organizations', { headers: { 'x-api-key': `${key}x` } }));
    await recordError(403, app.get('/api/auth/me', { headers: { 'x-api-key': key } }));
    secrets.addText('-----BEGIN PRIVATE KEY-----', 'PRIVATE KEY');
  }

  async function exerciseMailedCodes(user: TestUser): Promise<void> {
    await enableTwoFactor(app, user, 'email');
    secrets.addBackupCodes(user.backupCodes);
    secrets.addCode(await mailedCode(user.email));
    const tempToken = secrets.addToken(await getTempToken(app, user));
    const used = secrets.addCode(await mailedCode(user.email));
    await expectStatus(200, app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code: used }));
    app.clock.advance(61);
    secrets.addToken(await getTempToken(app, user));
    secrets.addCode(await mailedCode(user.email)); // stays unused
  }

  /** Returns the newest code; a notice may have been sent after it. */
  async function mailedCode(to: string): Promise<string> {
    const codes = (await app.mails(to)).map(({ text }) => /\b\d{6}\b/.exec(text)?.[0]);
    return codes.find((code) => code !== undefined) ?? '';
  }

  async function exerciseMailedLinks({ email, accessToken: token }: TestUser): Promise<void> {
    await app.post('/api/v1/auth/resend-verification', { email });
    secrets.addText(await app.lastLinkToken(email, 'verify-email'));
    await app.post('/api/v1/auth/forgot-password', { email });
    const link = secrets.addText(await app.lastLinkToken(email, 'reset-password'));
    await recordError(400, app.post('/api/v1/auth/verify-email', { token: link }));
    await expectStatus(
      200,
      app.post('/api/auth/email', { email: `to-${email}`, password: PASSWORDS.first }, { token }),
    );
    secrets.addText(await app.lastLinkToken(`to-${email}`, 'verify-email'));
    await expectStatus(
      200,
      app.post('/api/v1/auth/reset-password', { token: link, password: PASSWORDS.reset }),
    );
    await recordError(
      400,
      app.post('/api/v1/auth/reset-password', { token: link, password: PASSWORDS.reset }),
    );
    await app.post('/api/v1/auth/forgot-password', { email });
    secrets.addText(await app.lastLinkToken(email, 'reset-password')); // stays unused
  }

  async function exerciseIdempotency(): Promise<void> {
    const body = { email: 'twice@example.com', password: PASSWORDS.first, company_name: 'Twice' };
    const headers = { 'idempotency-key': 'once-and-no-more' };
    const first = await expectStatus(201, app.post('/api/v1/auth/register', body, { headers }));
    secrets.addToken(first.body.access_token);
    const second = await expectStatus(201, app.post('/api/v1/auth/register', body, { headers }));
    expect(second.body).toEqual(first.body);
  }

  async function exerciseErrors({ email, accessToken: token }: TestUser): Promise<void> {
    const { wrong: password, first } = PASSWORDS;
    await recordError(401, app.post('/api/v1/auth/login', { email, password }));
    await recordError(401, app.post('/api/v1/auth/login', { email: password, password }));
    await recordError(400, app.post('/api/v1/auth/login', { email, password, hint: password }));
    await recordError(400, app.post('/api/v1/auth/login', { email, password: [password] }));
    await recordError(409, app.post('/api/auth/register', { username: 'another', email, password }));
    await recordError(403, app.delete('/api/auth/me', { token, body: { password } }));
    await recordError(400, app.call('POST', '/api/v1/auth/login', { body: `{"password":"${first}"` }));
    await recordError(
      404,
      app.get(`/nowhere/${encodeURIComponent(first)}?password=${encodeURIComponent(first)}`),
    );
    await recordError(401, app.get('/api/auth/me', { token: `${token}x` }));
  }

  it('were used by the flows, and all tables and logs are searched', async () => {
    const { tables } = await dumpDatabase(app);
    const full = tables.filter(({ rows }) => rows > 0).map(({ name }) => name);
    const kept = ['users', 'sessions', 'second_factors', 'pending_factors', 'backup_codes', 'email_codes'];
    const owned = ['api_keys', 'integration_keys', 'integration_grants', 'invitations', 'audit_events'];
    const mailed = ['mail_tokens', 'mail_outbox', 'idempotency_keys', 'login_challenges', 'rate_windows'];
    expect(full).toEqual(
      expect.arrayContaining([...kept, ...owned, ...mailed].map((name) => `public.${name}`)),
    );
    expect(secrets.texts.size).toBeGreaterThan(60);
    expect(secrets.codes.size).toBeGreaterThan(3);
    expect(log.text).toContain('auth.login_failed');
    expect(log.text).toContain('"route":"/api/v1/auth/verify-2fa"');
    expect(answers.length).toBeGreaterThan(12);
    expect(secrets.findIn(`x ${PASSWORDS.first} y`)).toEqual([PASSWORDS.first]);
  });

  it('are not stored as plain text in any table of any schema', async () => {
    expect(secrets.findIn((await dumpDatabase(app)).text)).toEqual([]);
  });

  it('do not occur in the log, and neither do e-mail addresses', () => {
    expect(secrets.findIn(log.text)).toEqual([]);
    expect(log.text).not.toContain('@example.com');
  });

  it('do not occur in error responses', () => {
    expect(secrets.findIn(answers.join('\n'))).toEqual([]);
  });

  it('do not occur in the response or the log when the database fails', async () => {
    const user = await givenUser(app);
    await app.sql('ALTER TABLE users RENAME COLUMN password_hash TO elsewhere');
    const began = log.lines.length;
    const body = { email: user.email, password: PASSWORDS.first };
    const failures = [
      await app.post('/api/v1/auth/login', body),
      await app.post('/api/auth/register', { ...body, username: 'too-late' }),
      await app.delete('/api/auth/me', { token: user.accessToken, body: { password: PASSWORDS.first } }),
    ];
    await app.sql('ALTER TABLE users RENAME COLUMN elsewhere TO password_hash');
    for (const { status, body: answer } of failures) {
      expect([status, answer.code]).toEqual([500, 'internal_error']);
      expect(answer.detail).toEqual({
        error: 'internal_error',
        message: 'An internal error occurred.',
      });
    }
    const lines = log.lines.slice(began).join('');
    for (const { body: answer } of failures) expect(lines).toContain(answer.request_id);
    expect(lines).toContain('request.failed');
    expect(secrets.findIn(lines)).toEqual([]);
    expect(lines).not.toContain('@example.com');
  });

  it('stay encrypted in a queued e-mail', async () => {
    const received = new EventEmitter();
    const tried = once(received, 'mail') as Promise<[string]>;
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          received.emit('mail', Buffer.concat(parts).toString());
          done(new Error('Not now.'));
        });
      },
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.server.address() as { port: number };
    const posting = await TestApp.start({ log, env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
    const body = { username: 'by-mail', email: 'by-mail@example.com', password: PASSWORDS.first };
    await expectStatus(201, posting.post('/api/auth/register', body));
    const mail = (await tried)[0].replace(/=\r?\n/g, '').replaceAll('=3D', '=');
    secrets.addText(/token=([\w-]{20,})/.exec(mail)?.[1] ?? '');
    const { text, tables } = await dumpDatabase(posting);
    expect(tables.find(({ name }) => name.endsWith('_jobs') && name.startsWith('graphile'))?.rows).toBe(1);
    expect(secrets.findIn(text)).toEqual([]);
    await posting.stop();
    await new Promise<void>((closed) => server.close(closed));
    expect(secrets.findIn(log.text)).toEqual([]);
    expect(log.text).not.toContain('@example.com');
  });
});

function base32ToHex(secret: string): string {
  const values = [...secret].map((character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character));
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2).toString(16).padStart(2, '0')).join('');
}
