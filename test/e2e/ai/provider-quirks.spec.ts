import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { HttpTransport } from '@/modules/ai/models/http/http-transport.js';
import { SystemClock } from '@/platform/kernel/clock.js';
import { type AiApp, generate, generateStream, givenAiApp } from '@test/support/ai/ai-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('a provider with the quirks of real ones', () => {
  let ai: AiApp;
  let token: string;
  let operatorToken: string;

  beforeAll(async () => {
    const env = {
      AI_MONTHLY_TOKENS_PER_USER: '30000',
      AI_SHOW_REASONING: 'on',
    };
    ai = await givenAiApp(['first', 'second'], { env });
    // The first account of an installation is an operator.
    operatorToken = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    for (const name of ['first', 'second']) ai.fakeProviders[name]?.script({ text: `From ${name}.` });
    token = (await givenUser(ai.app)).accessToken;
  });

  async function usedTokens(): Promise<number> {
    const { body } = await expectStatus(200, ai.app.get('/api/ai/usage', { token }));
    return body.limits[0].used_tokens;
  }

  it.each([
    ['an answer that reports no tokens', { text: 'x'.repeat(6_800), usage: { input: 0, output: 0 } }, 1_700],
    ['thinking without usage', { text: `<think>${'x'.repeat(40_000)}</think>yes`, noUsage: true }, 10_000],
    ['thinking that is cut', { text: [`<think>${'x'.repeat(40_000)}`, 'x'], dropAfter: 1 }, 10_000],
  ])('counts %s towards the limit', async (_what, step, tokens) => {
    ai.fakeProviders.first?.script(step);
    await generateStream(ai.app, { provider: 'first' }, { token });
    expect(await usedTokens()).toBeGreaterThanOrEqual(tokens);
  });

  it('counts each request for an empty answer', async () => {
    ai.fakeProviders.first?.script({ text: [''], usage: { input: 50, output: 500 } });
    await expectStatus(502, generate(ai.app, { provider: 'first' }, { token }));
    expect(await usedTokens()).toBe(1_100);
  });

  it('shows thinking apart from the answer, whole and streamed', async () => {
    ai.fakeProviders.first?.script({ text: ['<think>', 'Let me see.', '</think>', '\n\nYes.'] });
    const { body } = await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
    expect(body).toMatchObject({ content: 'Yes.', reasoning: 'Let me see.' });
    const events = await generateStream(ai.app, { provider: 'first' }, { token });
    expect(events.at(-1)?.data).toMatchObject({ content: 'Yes.', reasoning: 'Let me see.' });
    expect(JSON.stringify(events.slice(0, -1))).not.toContain('Let me see');
  });

  it('leaves out a provider without credit at once', async () => {
    ai.fakeProviders.first?.script({ status: 402 });
    const before = ai.fakeProviders.first?.requests.length ?? 0;
    for (let time = 0; time < 4; time += 1) {
      const { body } = await expectStatus(200, generate(ai.app, {}, { token }));
      expect(body.content).toBe('From second.');
      expect(body.route[0].reason).toMatch(/^Its account has no credit left\./);
    }
    expect(ai.fakeProviders.first?.requests.length).toBe(before + 1);
  });

  it('says in the last event how long to wait', async () => {
    ai.fakeProviders.first?.script({ status: 429, headers: { 'retry-after': '17' } });
    const events = await generateStream(ai.app, { provider: 'first' }, { token });
    expect(events.at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'ai_unavailable', retry_after: 17 },
    });
  });

  it('is asked without what it refuses, and operators see what was learnt', async () => {
    ai.fakeProviders.first?.script({
      text: 'Learnt.',
      refuse: ({ max_tokens: sent }) =>
        Number(sent) > 4096
          ? {
              status: 400,
              body: JSON.stringify({ error: { message: `max_tokens: ${Number(sent)} > 4096` } }),
            }
          : undefined,
    });
    for (const attempts of [2, 1]) {
      const { body } = await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
      expect(body.route).toMatchObject([{ outcome: 'answered', attempts }]);
    }
    const path = '/api/ai/providers/capabilities';
    await expectStatus(403, ai.app.get(path, { token }));
    const { body } = await expectStatus(200, ai.app.get(path, { token: operatorToken }));
    expect(body.capabilities).toEqual([
      {
        endpoint: ai.fakeProviders.first?.url,
        model: 'first-large',
        capability: 'max_answer_tokens',
        value: '4096',
        forgotten_at: expect.any(String),
      },
    ]);
  });
});

describe('a provider behind a proxy', () => {
  it('is reached through it, and a host of NO_PROXY directly', async () => {
    const target = createServer((_, response) => response.end('{"data":[]}'));
    const port = await listen(target);
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      tunnels.push(url);
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      for (const one of [socket, upstream]) one.on('error', () => upstream.destroy());
    });
    const proxies = { httpProxy: `http://127.0.0.1:${await listen(proxy)}`, noProxy: 'direct.invalid' };
    const transport = new HttpTransport(new SystemClock(), { proxies });
    const fetchFrom = (origin: string, by = transport): Promise<unknown> =>
      by.fetchJson({ method: 'GET', origin, path: '/', headers: {} }, { answerMs: 5000, stallMs: 5000 });
    expect(await fetchFrom('http://llm.invalid')).toEqual({ data: [] });
    expect(await fetchFrom(`http://127.0.0.1:${port}`)).toEqual({ data: [] });
    await expect(fetchFrom('http://direct.invalid')).rejects.toMatchObject({ reason: 'unreachable' });
    expect(tunnels).toEqual(['llm.invalid:80']);
    await transport.close();
    const direct = new HttpTransport(new SystemClock(), { proxies: { ...proxies, noProxy: '*' } });
    await expect(fetchFrom('http://llm.invalid', direct)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(tunnels).toHaveLength(1);
    await direct.close();
    for (const server of [target, proxy]) server.close();
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
