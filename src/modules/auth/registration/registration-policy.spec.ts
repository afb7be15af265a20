import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientInfo } from '@/platform/access/actor.js';
import type { Config } from '@/platform/config/index.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import { MemoryRateLimiter } from '@test/support/app/memory-rate-limiter.js';
import { CaptchaVerifier } from './captcha-verifier.js';
import { RegistrationPolicy } from './registration-policy.js';

const CLIENT: ClientInfo = { ip: '203.0.113.7', network: '203.0.113.7', userAgent: 'test' };

const outcome = (result: Promise<unknown>): Promise<string> =>
  result.then(
    () => 'allowed',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('RegistrationPolicy', () => {
  let steps: string[];
  let limits: MemoryRateLimiter;
  let captchaError: Error | undefined;

  beforeEach(() => {
    steps = [];
    limits = new MemoryRateLimiter(steps);
    captchaError = undefined;
  });

  function createPolicy(registration: 'open' | 'invite' | 'closed'): RegistrationPolicy {
    const captcha = {
      assertSolved: async (token: string) => {
        steps.push(`captcha ${token}`);
        if (captchaError) throw captchaError;
      },
    } as unknown as CaptchaVerifier;
    return new RegistrationPolicy({ registration } as Config, limits.asLimiter(), captcha);
  }

  const register = (
    policy: RegistrationPolicy,
    create = async (): Promise<void> => undefined,
  ): Promise<string> =>
    outcome(
      policy.register(CLIENT, 'solved', async () => {
        steps.push('create');
        await create();
      }),
    );

  it('of an open server counts the network, checks the captcha, then creates the account', async () => {
    expect(await register(createPolicy('open'))).toBe('allowed');
    expect(steps).toEqual(['reserve register/203.0.113.7', 'captcha solved', 'create']);
  });

  it('refuses before the captcha service is called when ten accounts were created', async () => {
    for (let index = 0; index < 10; index += 1) await register(createPolicy('open'));
    steps.length = 0;
    expect(await register(createPolicy('open'))).toBe('too_many_attempts');
    expect(steps).toEqual([]);
  });

  it('does not count a registration that created no account', async () => {
    captchaError = new Error('captcha');
    expect(await register(createPolicy('open'))).toBe('captcha');
    captchaError = undefined;
    expect(await register(createPolicy('open'), () => Promise.reject(new Error('taken')))).toBe('taken');
    expect(limits.count('register', '203.0.113.7')).toBe(0);
  });

  it.each([
    ['invite', 'registration_invite_only'],
    ['closed', 'registration_closed'],
  ] as const)('of a server with registration %s throws %s, and counts nothing', async (mode, code) => {
    expect(await register(createPolicy(mode))).toBe(code);
    expect(steps).toEqual([]);
  });

  it('lets invited users register unless registration is closed', () => {
    for (const mode of ['open', 'invite'] as const) createPolicy(mode).assertOpenToInvited();
    expect(() => createPolicy('closed').assertOpenToInvited()).toThrow('Registration is closed.');
  });
});

describe('CaptchaVerifier', () => {
  let server: Server;
  let url: string;
  let response: { status: number; body: string };
  let requests: URLSearchParams[];

  beforeAll(async () => {
    server = createServer((request, reply) => {
      void readBody(request).then((body) => {
        requests.push(new URLSearchParams(body));
        reply.writeHead(response.status, { 'content-type': 'application/json' }).end(response.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`;
  });
  afterAll(() => server.close());

  beforeEach(() => {
    requests = [];
    response = { status: 200, body: '{"success":true}' };
  });

  function createVerifier(verifyUrl = url, inTransaction = false): CaptchaVerifier {
    const assertNoTransaction = (): void => {
      if (inTransaction) throw new Error('in a transaction');
    };
    return new CaptchaVerifier(
      { turnstile: { secret: 'key&=?', verifyUrl } } as Config,
      { assertNoTransaction } as unknown as UnitOfWork,
    );
  }

  it('accepts everything, without a request, when no captcha is configured', async () => {
    const verifier = new CaptchaVerifier({} as Config, {} as UnitOfWork);
    expect(await outcome(verifier.assertSolved('', CLIENT))).toBe('allowed');
    expect(requests).toEqual([]);
  });

  it('sends secret, captcha and address as a form, whatever characters they have', async () => {
    expect(await outcome(createVerifier().assertSolved('a&secret=x', CLIENT))).toBe('allowed');
    expect(requests.map((form) => Object.fromEntries(form))).toEqual([
      { secret: 'key&=?', response: 'a&secret=x', remoteip: '203.0.113.7' },
    ]);
  });

  it('refuses an empty captcha without a request', async () => {
    expect(await outcome(createVerifier().assertSolved('', CLIENT))).toBe('captcha_failed');
    expect(requests).toEqual([]);
  });

  it.each([
    [200, '{"success":false}'],
    [200, '{"success":"true"}'],
    [200, '{"success":1}'],
    [200, '{}'],
    [200, 'null'],
    [200, '[]'],
    [200, ''],
    [200, '<html>'],
    [500, 'error'],
  ])('refuses after the response %i %j', async (status, body) => {
    response = { status, body };
    expect(await outcome(createVerifier().assertSolved('solved', CLIENT))).toBe('captcha_failed');
  });

  it('refuses while the captcha service cannot be reached', async () => {
    const unreachable = createVerifier('http://127.0.0.1:1/siteverify');
    expect(await outcome(unreachable.assertSolved('solved', CLIENT))).toBe('captcha_failed');
  });

  it('makes no request while a transaction is open', async () => {
    const verifier = createVerifier(url, true);
    expect(await outcome(verifier.assertSolved('solved', CLIENT))).toBe('in a transaction');
    expect(requests).toEqual([]);
  });
});

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
