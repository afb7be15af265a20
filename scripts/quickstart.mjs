// Runs the quickstart of the guides against a running server and prints every request and response:
//   npm run quickstart -- http://127.0.0.1:3000
// Shortens tokens and secrets. Deletes the accounts it registered at the end. Exits with code 1 at the first
// response that differs from the guides. Needs only Node.js.
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { timeStep, totp } from './totp.mjs';

const PASSWORD = 'otters juggle nine lanterns';
const SECRETS = new Set(['access_token', 'refresh_token', 'temp_token', 'secret', 'code', 'backup_codes']);

/**
 * Runs all requests and throws at the first unexpected response.
 *
 * @param {string} base The address of the server.
 * @param {(text: string) => unknown} [print] Receives the output, one block of text at a time.
 */
export async function quickstart(base, print = (text) => process.stdout.write(`${text}\n`)) {
  const session = new PrintedSession(base.replace(/\/+$/, ''), print);
  const name = `quickstart-${randomBytes(5).toString('hex')}`;
  await xentreeApi(session, name);
  await xcApi(session, `${name}@xc.example.com`);
  print(`\nAll ${session.calls} responses were as expected.`);
}

async function xentreeApi(session, username) {
  session.heading('Xentree API: an account with refresh tokens');
  const email = `${username}@example.com`;
  const account = { username, email, password: PASSWORD, full_name: 'Ada Lovelace' };
  await session.post(201, '/api/auth/register', { json: account });
  const login = { form: { username, password: PASSWORD } };
  const first = await session.post(200, '/api/auth/token', login);

  await conversation(session, first.access_token);

  session.heading('Setting up an authenticator app as second factor');
  const setup = { json: { method: 'totp' }, token: first.access_token };
  const { secret } = await session.post(200, '/api/v1/auth/2fa/setup', setup);
  const step = timeStep();
  const code = totp(secret, step);
  const confirmation = { json: { code }, token: first.access_token };
  const { backup_codes: backup } = await session.post(200, '/api/v1/auth/2fa/confirm', confirmation);

  session.heading('Logging in with a second factor: password, then code');
  const challenge = await session.post(403, '/api/auth/token', login);
  const { error, temp_token } = challenge.detail;
  session.expect(error, 'two_factor_required');
  // Each code works once. The server accepts the code of the next 30 seconds as well.
  const next = totp(secret, Math.max(step + 1, timeStep()));
  const second = { form: { grant_type: 'two_factor', temp_token, code: next } };
  const pair = await session.post(200, '/api/auth/token', second);

  session.heading('Refreshing tokens, reading the profile, logging out');
  const renewal = { json: { refresh_token: pair.refresh_token } };
  const { access_token: token } = await session.post(200, '/api/auth/refresh', renewal);
  const profile = await session.get(200, '/api/auth/me', { token });
  session.expect(profile.two_factor_enabled, true);
  await session.post(200, '/api/auth/logout', { token });
  session.expect((await session.get(401, '/api/auth/me', { token })).code, 'token_invalid');

  session.heading('Deleting the account: one backup code to log in, one to confirm');
  const again = await session.post(403, '/api/auth/token', login);
  const spare = { grant_type: 'two_factor', temp_token: again.detail.temp_token, code: backup[0] };
  const last = await session.post(200, '/api/auth/token', { form: spare });
  await session.deleteAccount(last.access_token, { password: PASSWORD, code: backup[1] });
}

async function conversation(session, token) {
  session.heading('A note, and a question about it in a conversation');
  const note = { content: 'The launch is planned for 4 May in Lisbon.' };
  await session.post(201, '/api/core/notes', { json: note, token });
  const { id } = await session.post(201, '/api/core/conversations', { json: {}, token });
  const question = { message: 'When is the launch planned?', provider: 'local', conversation_id: id };
  const answer = await session.post(200, '/api/ai/generate', { json: question, token });
  session.expect(answer.sources[0].snippet, note.content);
  const messages = await session.get(200, `/api/core/conversations/${id}/messages`, { token });
  session.expect(messages.length, 2);
}

async function xcApi(session, email) {
  session.heading('XC API: an account with an organization, no refresh tokens');
  const company = { company_name: 'Quickstart Ltd', first_name: 'Grace', last_name: 'Hopper' };
  const account = { email, password: PASSWORD, ...company };
  const { access_token: first } = await session.post(201, '/api/v1/auth/register', { json: account });
  const login = { json: { email, password: PASSWORD } };

  const hasMail = await session.hasOutbox(email);
  const code = hasMail ? await emailFactor(session, { email, login, token: first }) : undefined;
  if (!hasMail) session.note('This server has no development outbox: e-mail codes are skipped.');
  if (!hasMail) await session.post(200, '/api/v1/auth/login', login);

  session.heading('Refreshing the access token, reading the profile, logging out everywhere');
  const token = code ? code.token : first;
  const renewed = await session.post(200, '/api/v1/auth/refresh', { token });
  const user = await session.get(200, '/api/v1/users/me', { token: renewed.access_token });
  session.expect(user.organization.name, company.company_name);
  await session.post(200, '/api/v1/auth/logout-all', { token: renewed.access_token });
  await session.get(401, '/api/v1/users/me', { token });

  session.heading('Deleting the account');
  const last = code
    ? await code.loginWithBackup()
    : (await session.post(200, '/api/v1/auth/login', login)).access_token;
  await session.deleteAccount(last, { password: PASSWORD, code: code?.spare });
}

/** Sets up e-mail codes and logs in with one. */
async function emailFactor(session, { email, login, token }) {
  session.heading('Setting up e-mail codes as second factor');
  await session.post(200, '/api/v1/auth/2fa/setup', { json: { method: 'email' }, token });
  const setupCode = await session.emailedCode(email);
  const confirmation = { json: { code: setupCode }, token };
  const { backup_codes: backup } = await session.post(200, '/api/v1/auth/2fa/confirm', confirmation);

  session.heading('Logging in with an e-mail code');
  const challenge = await session.post(200, '/api/v1/auth/login', login);
  session.expect(challenge.two_factor_method, 'email');
  const finish = async (temp_token, code) =>
    (await session.post(200, '/api/v1/auth/verify-2fa', { json: { temp_token, code } })).access_token;
  const loginWithBackup = async () =>
    finish((await session.post(200, '/api/v1/auth/login', login)).temp_token, backup[0]);
  const verified = await finish(challenge.temp_token, await session.emailedCode(email));
  return { token: verified, loginWithBackup, spare: backup[1] };
}

/** Sends requests, prints them with their responses, and throws at the first unexpected response. */
class PrintedSession {
  calls = 0;

  constructor(base, print) {
    this.base = base;
    this.print = print;
  }

  heading(title) {
    this.print(`\n## ${title}`);
  }

  note(text) {
    this.print(`\n(${text})`);
  }

  get(status, path, call) {
    return this.#call(status, 'GET', path, call);
  }

  post(status, path, call) {
    return this.#call(status, 'POST', path, call);
  }

  deleteAccount(token, body) {
    return this.#call(204, 'DELETE', '/api/auth/me', { json: body, token });
  }

  expect(actual, expected) {
    if (actual !== expected) throw new Error(`Expected ${show(expected)}, got ${show(actual)}.`);
  }

  async hasOutbox(email) {
    return (await this.#send('GET', outboxOf(email), {})).status === 200;
  }

  /** Returns the six digits in the newest mail. */
  async emailedCode(email) {
    const [mail] = await this.get(200, outboxOf(email), { quiet: true });
    const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0];
    if (!code) throw new Error(`The newest mail to ${email} contains no code.`);
    this.print(`  mail: ${mail.subject.replace(code, '…')}`);
    return code;
  }

  async #call(status, method, path, { quiet = false, ...call } = {}) {
    this.calls += 1;
    this.print(`\n${method} ${path}${call.token ? '  (with bearer)' : ''}`);
    if (call.json) this.print(`  ${show(call.json)}`);
    if (call.form) this.print(`  ${showForm(call.form)}`);
    const answer = await this.#send(method, path, call);
    const body = quiet && answer.status === status ? '' : show(answer.body);
    this.print(`→ ${answer.status} ${body}`.trimEnd());
    if (answer.status !== status) {
      throw new Error(`${method} ${path} returned ${answer.status} instead of ${status}.`);
    }
    return answer.body;
  }

  async #send(method, path, { json, form, token }) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    if (json) headers['content-type'] = 'application/json';
    const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
    const response = await fetch(this.base + path, { method, headers, body });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }
}

function outboxOf(email) {
  return `/dev/outbox?to=${encodeURIComponent(email)}`;
}

/** Returns JSON on one line with shortened secrets. */
function show(value) {
  if (value === '' || value === undefined) return '';
  const cut = (text) => (text.length > 12 ? `${text.slice(0, 8)}…` : text);
  const shorten = (key, part) => {
    if (SECRETS.has(key) && typeof part === 'string' && !/^[a-z_]+$/.test(part)) return cut(part);
    if (key === 'backup_codes') return [cut(part[0]), `${part.length - 1} more`];
    if (key === 'otpauth_uri' || key === 'qr_code') return part && `${part.slice(0, 22)}…`;
    return part;
  };
  return JSON.stringify(value, shorten);
}

/** Returns a form on one line as curl takes it, with shortened secrets. */
function showForm(fields) {
  const shown = Object.entries(JSON.parse(show(fields)));
  return shown.map(([name, value]) => `${name}=${value.replaceAll(' ', '+')}`).join('&');
}

async function main() {
  const base = process.argv[2] ?? 'http://127.0.0.1:3000';
  try {
    await quickstart(base);
  } catch (error) {
    const reason = error.cause?.code ? `${error.message}: ${error.cause.code}` : error.message;
    process.stderr.write(`\nStopped: ${reason}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) void main();
