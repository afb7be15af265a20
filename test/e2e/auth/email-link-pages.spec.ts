import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenOwner, givenUser, PASSWORD, totpCode } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

interface OpenedPage {
  click: (password?: string, code?: string) => Promise<void>;
  message: () => string;
  isFormHidden: () => boolean;
  detailsText: () => string;
  waitForLoad: () => Promise<void>;
}

interface FetchOptions {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

/** Runs the script of a page against a minimal document with the elements it uses. */
function openPage(app: TestApp, html: string, search: string): OpenedPage {
  const script = /<script nonce="[\w-]+">([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
  const endpoint = /<form data-endpoint="([^"]+)">/.exec(html)?.[1] ?? '';
  let submit: (event: { preventDefault: () => void }) => Promise<void> = () => Promise.reject();
  let gone = false;
  const button = { disabled: false };
  const status = { textContent: '' };
  const about = { textContent: '' };
  const form = {
    dataset: { endpoint },
    password: html.includes('type="password"') ? { value: '' } : undefined,
    code: { value: '', parentElement: { hidden: true } },
    querySelector: () => button,
    addEventListener: (_name: string, listener: typeof submit) => (submit = listener),
    remove: () => (gone = true),
  };
  let captchaRequests: Promise<unknown> = Promise.resolve();
  const answer = async (url: string, { method = 'GET', body, headers = {} }: FetchOptions = {}) => {
    const { status: code, body: json } = await app.call(method, url, {
      body: body && JSON.parse(body),
      headers,
    });
    return { ok: code < 300, json: async () => json };
  };
  const fetch = (url: string, options?: FetchOptions) => (captchaRequests = answer(url, options));
  const parts: Record<string, unknown> = { form, '[data-about]': about, '[role=status]': status };
  const document = { querySelector: (selector: string) => parts[selector] };
  runInNewContext(script, { document, location: { search }, fetch, URLSearchParams });
  return {
    click: async (password = '', code = '') => {
      if (form.password) form.password.value = password;
      form.code.value = code;
      await submit({ preventDefault: () => undefined });
    },
    message: () => status.textContent,
    isFormHidden: () => gone,
    detailsText: () => about.textContent,
    waitForLoad: async () => {
      await captchaRequests;
      await new Promise(setImmediate);
    },
  };
}

describe('the built-in pages of e-mailed links', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it.each(['verify-email', 'reset-password', 'accept-invitation'])(
    '%s loads no resources, forbids framing and does not contain the token',
    async (page) => {
      const answers = [await app.get(`/${page}?token=s3cret"><script>`), await app.get(`/${page}`)];
      const nonces = answers.map(({ status, headers, text }) => {
        expect(status).toBe(200);
        expect(headers).toMatchObject({
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
        });
        const policy = headers['content-security-policy'] ?? '';
        expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
        const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1] ?? '';
        expect(text.match(/<(script|style) nonce="([\w-]+)">/g)).toEqual([
          `<style nonce="${nonce}">`,
          `<script nonce="${nonce}">`,
        ]);
        expect(text).not.toContain('s3cret');
        return nonce;
      });
      expect(new Set(nonces).size).toBe(2);
    },
  );

  it('confirm an address when the button is clicked, not when a mail scanner opens the link', async () => {
    const { email, accessToken: token } = await givenUser(app);
    const url = `/verify-email?token=${await app.lastLinkToken(email, 'verify-email')}`;
    const verified = async (): Promise<boolean> =>
      (await app.get('/api/v1/users/me', { token })).body.email_verified as boolean;
    for (const method of ['GET', 'HEAD', 'GET']) await app.call(method, url);
    const page = openPage(app, (await app.get(url)).text, url.slice(url.indexOf('?')));
    expect(await verified()).toBe(false);
    await page.click();
    expect(await verified()).toBe(true);
    expect(page.message()).toBe('Your e-mail address is confirmed.');
    expect(page.isFormHidden()).toBe(true);
    await page.click();
    expect(page.message()).toBe('This link has expired or was already used. Request a new one.');
  });

  it('set a password; a rejected password shows the reason and does not consume the link', async () => {
    const { email } = await givenUser(app);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email }));
    const url = `/reset-password?token=${await app.lastLinkToken(email, 'reset-password')}`;
    const page = openPage(app, (await app.get(url)).text, url.slice(url.indexOf('?')));
    const login = async (password: string): Promise<number> =>
      (await app.post('/api/v1/auth/login', { email, password })).status;
    expect(await login(PASSWORD)).toBe(200);
    await page.click('password1');
    expect(page.message()).toMatch(/^This password is too easy to guess\. ./);
    expect(page.isFormHidden()).toBe(false);
    expect(await login(PASSWORD)).toBe(200);
    await page.click('nine quiet harbours in fog');
    expect(page.message()).toBe('Your password was changed. Log in with the new password.');
    expect(await login('nine quiet harbours in fog')).toBe(200);
    expect(await login(PASSWORD)).toBe(401);
  });
});

describe('the page of an invitation', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await TestApp.start();
    token = (await givenOwner(app)).accessToken;
  });
  afterAll(() => app.stop());

  async function invite(email: string): Promise<OpenedPage> {
    await expectStatus(201, app.post('/api/v1/invitations', { email }, { token }));
    const search = `?token=${await app.lastLinkToken(email, 'accept-invitation')}`;
    const page = openPage(app, (await app.get(`/accept-invitation${search}`)).text, search);
    await page.waitForLoad();
    return page;
  }

  async function isMember(email: string): Promise<boolean> {
    const { body } = await app.get('/api/v1/users', { token });
    return (body as { email: string }[]).some((user) => user.email === email);
  }

  it('creates an account; a rejected password shows the reason and does not consume the link', async () => {
    const page = await invite('fresh@example.com');
    expect(page.detailsText()).toBe('Acme Learning invites fresh@example.com as member.');
    expect(await isMember('fresh@example.com')).toBe(false);
    await page.click('password1');
    expect(page.message()).toMatch(/^This password is too easy to guess\. ./);
    await page.click(PASSWORD);
    expect(page.message()).toBe('You are a member now. Log in to your app.');
    expect([page.isFormHidden(), await isMember('fresh@example.com')]).toEqual([true, true]);
  });

  it('logs in an existing user, with a code if required, and leaves no session', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const page = await invite(user.email);
    await page.click('not the password at all');
    expect([page.message(), await isMember(user.email)]).toEqual(['Invalid email or password', false]);
    await page.click(PASSWORD);
    expect(page.message()).toBe('Enter your code.');
    await page.click(PASSWORD, totpCode(app, user.secret));
    expect(page.message()).toBe('You are a member now. Log in to your app.');
    expect(await isMember(user.email)).toBe(true);
    const { body: sessions } = await app.get('/api/auth/sessions', { token: user.accessToken });
    expect(sessions).toHaveLength(1);
  });
});

describe('the captcha of registration', () => {
  let captchaServer: Server;
  let app: TestApp;
  const asked: Record<string, string>[] = [];
  let captchaResponse: string;
  let count = 0;

  beforeAll(async () => {
    captchaServer = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push(Object.fromEntries(new URLSearchParams(body)));
        response.end(captchaResponse);
      });
    }).listen(0, '127.0.0.1');
    await once(captchaServer, 'listening');
    const { port } = captchaServer.address() as AddressInfo;
    app = await TestApp.start({
      env: {
        TURNSTILE_SECRET: 'captcha-secret',
        TURNSTILE_VERIFY_URL: `http://127.0.0.1:${port}/siteverify`,
      },
    });
  });
  beforeEach(() => {
    captchaResponse = JSON.stringify({ success: true, challenge_ts: '2026-01-01T00:00:00Z' });
    asked.length = 0;
  });
  afterAll(async () => {
    await app.stop();
    captchaServer.close();
  });

  /** Both APIs require the captcha. */
  async function register(turnstile_token?: string): Promise<TestResponse[]> {
    const person = { email: `solver-${(count += 1)}@example.com`, password: PASSWORD, turnstile_token };
    const owner = { ...person, email: `owner-of-${person.email}`, company_name: 'Acme' };
    return [
      await app.post('/api/auth/register', { ...person, username: `solver-${count}` }),
      await app.post('/api/v1/auth/register', owner),
    ];
  }

  function expectRefused(responses: TestResponse[]): void {
    for (const { status, body } of responses)
      expect([status, body.code, body.detail.error]).toEqual([400, 'captcha_failed', 'captcha_failed']);
  }

  it('accepts a solved captcha, and sends the address of the client for verification', async () => {
    for (const { status } of await register('solved')) expect(status).toBe(201);
    const question = { secret: 'captcha-secret', response: 'solved', remoteip: '127.0.0.1' };
    expect(asked).toEqual([question, question]);
  });

  it('refuses a request without a captcha, and does not call the captcha service', async () => {
    expectRefused([...(await register()), ...(await register(''))]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['rejects the captcha', '{"success":false,"error-codes":["timeout-or-duplicate"]}'],
    ['returns no boolean', '{"success":"true"}'],
    ['returns no JSON', '<html>down for maintenance</html>'],
    ['answers nothing', ''],
  ])('refuses when the captcha service %s', async (_what, answer) => {
    captchaResponse = answer;
    expectRefused(await register('solved'));
    expect(
      await app.sql('SELECT 1 FROM users WHERE email LIKE $1', [`%solver-${count}@example.com`]),
    ).toEqual([]);
  });

  it('refuses when the captcha service cannot be reached', async () => {
    const env = { TURNSTILE_SECRET: 'captcha-secret', TURNSTILE_VERIFY_URL: 'http://127.0.0.1:1/siteverify' };
    const node = await TestApp.start({ env });
    const body = {
      username: 'solver',
      email: 'solver@example.com',
      password: PASSWORD,
      turnstile_token: 'x',
    };
    expectRefused([await node.post('/api/auth/register', body)]);
    await node.stop();
  });
});
