// Plays the quickstart of the guides against a running server and prints every request and answer:
//   npm run quickstart -- http://127.0.0.1:3000
// Tokens and secrets are shortened. The accounts it opens are erased at the end. Ends with exit code 1 at the
// first answer the guides do not promise. Needs nothing but Node.
import { createHmac, randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const PASSWORD = 'otters juggle nine lanterns';
const SECRETS = new Set(['access_token', 'refresh_token', 'temp_token', 'secret', 'code', 'backup_codes']);
const STEP_SECONDS = 30;

/**
 * @param {string} base The address of the server.
 * @param {(text: string) => unknown} [print] Where the story goes, one block of text at a time.
 */
export async function quickstart(base, print = (text) => process.stdout.write(`${text}\n`)) {
  const walk = new Walk(base.replace(/\/+$/, ''), print);
  const name = `quickstart-${randomBytes(5).toString('hex')}`;
  await xentreeFace(walk, name);
  await xcFace(walk, `${name}@xc.example.com`);
  print(`\nAll ${walk.calls} answers were as promised.`);
}

async function xentreeFace(walk, username) {
  walk.chapter('The Xentree face: an account of one’s own, refresh tokens');
  const email = `${username}@example.com`;
  const account = { username, email, password: PASSWORD, full_name: 'Ada Lovelace' };
  await walk.post(201, '/api/auth/register', { json: account });
  const login = { form: { username, password: PASSWORD } };
  const first = await walk.post(200, '/api/auth/token', login);

  await conversation(walk, first.access_token);

  walk.chapter('An authenticator app as second factor');
  const setup = { json: { method: 'totp' }, token: first.access_token };
  const { secret } = await walk.post(200, '/api/v1/auth/2fa/setup', setup);
  const step = timeStep();
  const code = totp(secret, step);
  const confirmation = { json: { code }, token: first.access_token };
  const { backup_codes: backup } = await walk.post(200, '/api/v1/auth/2fa/confirm', confirmation);

  walk.chapter('Logging in with it: the password leads to a challenge, the code to tokens');
  const challenge = await walk.post(403, '/api/auth/token', login);
  const { error, temp_token } = challenge.detail;
  walk.expect(error, 'two_factor_required');
  // A code works once, so this is the next one: apps may run one step ahead.
  const next = totp(secret, Math.max(step + 1, timeStep()));
  const second = { form: { grant_type: 'two_factor', temp_token, code: next } };
  const pair = await walk.post(200, '/api/auth/token', second);

  walk.chapter('Renewing, the profile, logging out');
  const renewal = { json: { refresh_token: pair.refresh_token } };
  const { access_token: token } = await walk.post(200, '/api/auth/refresh', renewal);
  const profile = await walk.get(200, '/api/auth/me', { token });
  walk.expect(profile.two_factor_enabled, true);
  await walk.post(200, '/api/auth/logout', { token });
  walk.expect((await walk.get(401, '/api/auth/me', { token })).code, 'token_invalid');

  walk.chapter('Cleaning up: a backup code to log in, another to erase the account');
  const again = await walk.post(403, '/api/auth/token', login);
  const spare = { grant_type: 'two_factor', temp_token: again.detail.temp_token, code: backup[0] };
  const last = await walk.post(200, '/api/auth/token', { form: spare });
  await walk.erase(last.access_token, { password: PASSWORD, code: backup[1] });
}

async function conversation(walk, token) {
  walk.chapter('A note, and a question about it, kept in a conversation');
  const note = { content: 'The launch is planned for 4 May in Lisbon.' };
  await walk.post(201, '/api/core/notes', { json: note, token });
  const { id } = await walk.post(201, '/api/core/conversations', { json: {}, token });
  const question = { message: 'When is the launch planned?', provider: 'local', conversation_id: id };
  const answer = await walk.post(200, '/api/ai/generate', { json: question, token });
  walk.expect(answer.sources[0].snippet, note.content);
  const messages = await walk.get(200, `/api/core/conversations/${id}/messages`, { token });
  walk.expect(messages.length, 2);
}

async function xcFace(walk, email) {
  walk.chapter('The XC face: a person with an organization, no refresh tokens');
  const company = { company_name: 'Quickstart Ltd', first_name: 'Grace', last_name: 'Hopper' };
  const account = { email, password: PASSWORD, ...company };
  const { access_token: first } = await walk.post(201, '/api/v1/auth/register', { json: account });
  const login = { json: { email, password: PASSWORD } };

  const mailed = await walk.hasOutbox(email);
  const code = mailed ? await mailedFactor(walk, { email, login, token: first }) : undefined;
  if (!mailed) walk.note('This server shows no development outbox: e-mail codes are left out.');
  if (!mailed) await walk.post(200, '/api/v1/auth/login', login);

  walk.chapter('Renewing, the profile, logging out everywhere');
  const token = code ? code.token : first;
  const renewed = await walk.post(200, '/api/v1/auth/refresh', { token });
  const user = await walk.get(200, '/api/v1/users/me', { token: renewed.access_token });
  walk.expect(user.organization.name, company.company_name);
  await walk.post(200, '/api/v1/auth/logout-all', { token: renewed.access_token });
  await walk.get(401, '/api/v1/users/me', { token });

  walk.chapter('Cleaning up');
  const last = code
    ? await code.loginWithBackup()
    : (await walk.post(200, '/api/v1/auth/login', login)).access_token;
  await walk.erase(last, { password: PASSWORD, code: code?.spare });
}

/** Switches mailed codes on and logs in with one. */
async function mailedFactor(walk, { email, login, token }) {
  walk.chapter('Codes by e-mail as second factor');
  await walk.post(200, '/api/v1/auth/2fa/setup', { json: { method: 'email' }, token });
  const setupCode = await walk.mailedCode(email);
  const confirmation = { json: { code: setupCode }, token };
  const { backup_codes: backup } = await walk.post(200, '/api/v1/auth/2fa/confirm', confirmation);

  walk.chapter('Logging in with a mailed code');
  const challenge = await walk.post(200, '/api/v1/auth/login', login);
  walk.expect(challenge.two_factor_method, 'email');
  const finish = async (temp_token, code) =>
    (await walk.post(200, '/api/v1/auth/verify-2fa', { json: { temp_token, code } })).access_token;
  const loginWithBackup = async () =>
    finish((await walk.post(200, '/api/v1/auth/login', login)).temp_token, backup[0]);
  const verified = await finish(challenge.temp_token, await walk.mailedCode(email));
  return { token: verified, loginWithBackup, spare: backup[1] };
}

/** Sends requests, prints both sides, and throws at the first answer that is not the promised one. */
class Walk {
  calls = 0;

  constructor(base, print) {
    this.base = base;
    this.print = print;
  }

  chapter(title) {
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

  erase(token, body) {
    return this.#call(204, 'DELETE', '/api/auth/me', { json: body, token });
  }

  expect(actual, expected) {
    if (actual !== expected) throw new Error(`Expected ${show(expected)}, got ${show(actual)}.`);
  }

  async hasOutbox(email) {
    return (await this.#send('GET', outboxOf(email), {})).status === 200;
  }

  /** The six digits of the newest mail. */
  async mailedCode(email) {
    const [mail] = await this.get(200, outboxOf(email), { quiet: true });
    const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0];
    if (!code) throw new Error(`The newest mail to ${email} holds no code.`);
    this.print(`  mail: ${mail.subject.replace(code, '…')}`);
    return code;
  }

  async #call(status, method, path, { quiet = false, ...call } = {}) {
    this.calls += 1;
    this.print(`\n${method} ${path}${call.token ? '  (with bearer)' : ''}`);
    if (call.json ?? call.form) this.print(`  ${show(call.json ?? call.form)}`);
    const answer = await this.#send(method, path, call);
    const body = quiet && answer.status === status ? '' : show(answer.body);
    this.print(`→ ${answer.status} ${body}`.trimEnd());
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status} instead of ${status}.`);
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

/** JSON on one line, secrets cut. */
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

function timeStep() {
  return Math.floor(Date.now() / 1000 / STEP_SECONDS);
}

/** RFC 6238 with the usual parameters: what an authenticator app computes. */
function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void main();
