import dns from 'node:dns';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { HttpTransport } from '@/modules/ai/models/http/http-transport.js';
import { ModelFailure } from '@/modules/ai/models/model-failure.js';
import { createProvider } from '@/modules/ai/models/provider-factory.js';
import { eventually } from '@test/support/app/server-process.js';
import {
  Adapter,
  answered,
  asking,
  streamed,
  verdictOf,
} from '@test/support/fake-provider/provider-fixture.js';

const KINDS = ['openai', 'anthropic', 'google', 'ollama'] as const;

describe.each(KINDS)('A connection to %s', (kind) => {
  let adapter: Adapter;

  beforeEach(async () => {
    adapter = await Adapter.start(kind);
  });

  afterEach(() => adapter.stop());

  it('ends when the caller aborts, before the answer and within it', async () => {
    for (const step of [{ silent: true }, { stallAfter: 2 }]) {
      for (const ask of [answered, streamed]) {
        adapter.upstream.script(step);
        const before = adapter.upstream.aborted;
        const aborting = new AbortController();
        const outcome = ask(adapter.provider(), asking(), aborting.signal);
        await eventually(() => adapter.upstream.running === 1, 5000);
        aborting.abort(new Error('enough'));
        expect((await outcome).error).toEqual(new Error('enough'));
        await adapter.quiet();
        expect(adapter.upstream.aborted).toBe(before + 1);
      }
    }
  });

  it('ends when the reader has enough, and tells nothing more', async () => {
    adapter.upstream.script({ tokens: 1000, delayMs: 5 });
    const leaving = new AbortController();
    let told = 0;
    const enough = (): void => {
      told += 1;
      leaving.abort(new Error('enough'));
    };
    await expect(adapter.provider().stream(asking(), leaving.signal, enough)).rejects.toThrow('enough');
    await adapter.quiet();
    expect([adapter.upstream.aborted, told]).toEqual([1, 1]);
  });

  it('is not made for a caller who aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    expect((await answered(adapter.provider(), asking(), signal)).error).toEqual(new Error('too late'));
    expect((await streamed(adapter.provider(), asking(), signal)).error).toEqual(new Error('too late'));
    expect(adapter.upstream.connections).toBe(0);
  });

  it('is used again, also after a refusal', async () => {
    adapter.upstream.script({ status: 429, body: 'x'.repeat(1000) }, {});
    const provider = adapter.provider();
    await answered(provider);
    for (let round = 0; round < 5; round++) {
      expect(verdictOf(await streamed(provider))).toBe('stop');
      expect(verdictOf(await answered(provider))).toBe('stop');
    }
    // A second one is made when somebody asks before the body of the last answer is over.
    expect(adapter.upstream.connections).toBeLessThanOrEqual(2);
  });

  it('does not wait for the body of a refusal that is long or never ends', async () => {
    const refusal = { status: 500, loseEnd: 'stall' } as const;
    for (const [body, limits] of [
      ['x', {}],
      ['x'.repeat(500_000), { restMs: 600_000 }], // its length alone is reason enough
    ] as const) {
      adapter.upstream.script({ ...refusal, body });
      const provider = adapter.provider(limits);
      const outcomes = await Promise.all([answered(provider), streamed(provider)]);
      expect(outcomes.map(verdictOf)).toEqual(['server_error', 'server_error']);
      await adapter.quiet();
    }
    expect(adapter.upstream.aborted).toBe(4);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    jest.spyOn(signal, 'addEventListener').mockImplementation(() => (listeners += 1));
    jest.spyOn(signal, 'removeEventListener').mockImplementation(() => (listeners -= 1));
    adapter.upstream.script({}, {}, { hangUp: true }, { dropAfter: 1 }, { status: 500 });
    for (const ask of [answered, streamed, answered, streamed, streamed])
      await ask(adapter.provider(), asking(), signal);
    expect(listeners).toBe(0);
  });

  it('takes no more than its share at once, and lets the others wait', async () => {
    const transport = new HttpTransport(adapter.clock, 2);
    const settings = { id: 'it', name: 'It', kind, baseUrl: adapter.upstream.url, models: ['model-a'] };
    const provider = createProvider(settings, { answerMs: 5000, stallMs: 5000 }, adapter.clock, transport);
    adapter.upstream.script({ tokens: 3, delayMs: 10 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => streamed(provider)));
    expect(outcomes.map(verdictOf)).toEqual(Array(10).fill('stop'));
    expect(adapter.upstream.connections).toBe(2);
    await transport.close();
  });
});

describe('A provider that is not there', () => {
  const clock = { now: () => new Date(), millis: () => Date.now(), after: () => new Date() };
  const limits = { answerMs: 20_000, stallMs: 20_000 };

  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['ECONNREFUSED', 'http://127.0.0.1:1'],
    ['ENOTFOUND', 'http://no-such-host.invalid'],
  ])('is unreachable: %s', async (code, baseUrl) => {
    const settings = { id: 'it', name: 'It', kind: 'openai', baseUrl, models: ['a'] } as const;
    jest.spyOn(dns, 'lookup').mockImplementation(knowsNobody as unknown as typeof dns.lookup);
    for (const ask of [answered, streamed]) {
      const { error } = await ask(createProvider(settings, limits, clock));
      expect(error).toBeInstanceOf(ModelFailure);
      expect(error).toMatchObject({ reason: 'unreachable', kind: 'broken', detail: code });
    }
  });

  it('is malformed when it does not speak HTTP, and unreachable when it does not speak TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 mail.example.com ESMTP\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const reasons = [];
    for (const scheme of ['http', 'https']) {
      const baseUrl = `${scheme}://127.0.0.1:${port}`;
      const settings = { id: 'it', name: 'It', kind: 'ollama', baseUrl, models: ['a'] } as const;
      reasons.push(verdictOf(await answered(createProvider(settings, limits, clock))));
    }
    server.close();
    expect(reasons).toEqual(['malformed_answer', 'unreachable']);
  });

  it('is a failure like any other when its key cannot be a header', async () => {
    const settings = {
      id: 'it',
      name: 'It',
      kind: 'openai',
      baseUrl: 'http://127.0.0.1:1',
      models: ['a'],
    } as const;
    const provider = createProvider({ ...settings, apiKey: 'two\nlines' }, limits, clock);
    expect(verdictOf(await answered(provider))).toBe('unreachable');
    expect(verdictOf(await streamed(provider))).toBe('unreachable');
  });
});

/** A resolver that has no answer for any name, whatever the machine's says. */
function knowsNobody(_name: string, _options: object, answer: (error: Error) => void): void {
  setImmediate(answer, Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
}
