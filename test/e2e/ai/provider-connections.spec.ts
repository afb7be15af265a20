import dns from 'node:dns';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { CapabilityMemory } from '@/modules/ai/models/capabilities/capability-memory.js';
import { HttpTransport } from '@/modules/ai/models/http/http-transport.js';
import { ModelFailure } from '@/modules/ai/models/model-failure.js';
import { createProvider } from '@/modules/ai/models/provider-factory.js';
import { SystemClock } from '@/platform/kernel/clock.js';
import { waitUntil } from '@test/support/app/server-process.js';
import {
  ProviderFixture,
  generateResult,
  buildModelRequest,
  streamResult,
  resultReason,
} from '@test/support/fake-provider/provider-fixture.js';

const OLLAMA = { maxContext: 4096 };
const KINDS = ['openai', 'anthropic', 'google', 'ollama'] as const;

describe.each(KINDS)('a connection to %s', (kind) => {
  let fixture: ProviderFixture;

  beforeEach(async () => {
    fixture = await ProviderFixture.start(kind);
  });

  afterEach(() => fixture.stop());

  it('ends when the caller aborts, before the answer and during it', async () => {
    for (const step of [{ silent: true }, { stallAfter: 2 }]) {
      for (const ask of [generateResult, streamResult]) {
        fixture.fakeProvider.script(step);
        const before = fixture.fakeProvider.abortedRequests;
        const abortController = new AbortController();
        const outcome = ask(fixture.provider(), buildModelRequest(), abortController.signal);
        await waitUntil(() => fixture.fakeProvider.runningRequests === 1, 5000);
        abortController.abort(new Error('enough'));
        expect((await outcome).error).toEqual(new Error('enough'));
        await fixture.waitForIdle();
        expect(fixture.fakeProvider.abortedRequests).toBe(before + 1);
      }
    }
  });

  it('ends when the handler cancels, without further calls', async () => {
    fixture.fakeProvider.script({ tokens: 1000, delayMs: 5 });
    const abortController = new AbortController();
    let receivedTexts = 0;
    const stopReading = (): void => {
      receivedTexts += 1;
      abortController.abort(new Error('enough'));
    };
    await expect(
      fixture.provider().stream(buildModelRequest(), abortController.signal, { onText: stopReading }),
    ).rejects.toThrow('enough');
    await fixture.waitForIdle();
    expect([fixture.fakeProvider.abortedRequests, receivedTexts]).toEqual([1, 1]);
  });

  it('is not opened for an aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    expect((await generateResult(fixture.provider(), buildModelRequest(), signal)).error).toEqual(
      new Error('too late'),
    );
    expect((await streamResult(fixture.provider(), buildModelRequest(), signal)).error).toEqual(
      new Error('too late'),
    );
    expect(fixture.fakeProvider.totalConnections).toBe(0);
  });

  it('is reused, also after a failed status', async () => {
    fixture.fakeProvider.script({ status: 429, body: 'x'.repeat(1000) }, {});
    const provider = fixture.provider();
    await generateResult(provider);
    for (let round = 0; round < 5; round++) {
      expect(resultReason(await streamResult(provider))).toBe('stop');
      expect(resultReason(await generateResult(provider))).toBe('stop');
    }
    // A request during the last body would open a second connection.
    expect(fixture.fakeProvider.totalConnections).toBeLessThanOrEqual(2);
  });

  it('does not wait for a long or endless body of a failed status', async () => {
    const refusal = { status: 500, loseEnd: 'stall' } as const;
    for (const [body, limits] of [
      ['x', {}],
      ['x'.repeat(500_000), { drainMs: 600_000 }], // its length alone is reason enough
    ] as const) {
      fixture.fakeProvider.script({ ...refusal, body });
      const provider = fixture.provider(limits);
      const outcomes = await Promise.all([generateResult(provider), streamResult(provider)]);
      expect(outcomes.map(resultReason)).toEqual(['server_error', 'server_error']);
      await fixture.waitForIdle();
    }
    expect(fixture.fakeProvider.abortedRequests).toBe(4);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    jest.spyOn(signal, 'addEventListener').mockImplementation(() => (listeners += 1));
    jest.spyOn(signal, 'removeEventListener').mockImplementation(() => (listeners -= 1));
    fixture.fakeProvider.script({}, {}, { hangUp: true }, { dropAfter: 1 }, { status: 500 });
    for (const ask of [generateResult, streamResult, generateResult, streamResult, streamResult])
      await ask(fixture.provider(), buildModelRequest(), signal);
    expect(listeners).toBe(0);
  });

  it('is limited in number; further requests wait', async () => {
    const transport = new HttpTransport(fixture.clock, { connections: 2 });
    const settings = { id: 'it', name: 'It', kind, baseUrl: fixture.fakeProvider.url, models: ['model-a'] };
    const { clock, capabilityMemory } = fixture;
    const timeouts = { answerMs: 5000, stallMs: 5000 };
    const provider = createProvider(settings, { transport, timeouts, clock, capabilityMemory }, OLLAMA);
    fixture.fakeProvider.script({ tokens: 3, delayMs: 10 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => streamResult(provider)));
    expect(outcomes.map(resultReason)).toEqual(Array(10).fill('stop'));
    expect(fixture.fakeProvider.totalConnections).toBe(2);
    await transport.close();
  });
});

describe('an unreachable provider', () => {
  const clock = new SystemClock();
  const context = {
    transport: new HttpTransport(clock),
    timeouts: { answerMs: 20_000, stallMs: 20_000 },
    clock,
    capabilityMemory: new CapabilityMemory(clock),
  };

  afterAll(() => context.transport.close());

  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['ECONNREFUSED', 'http://127.0.0.1:1'],
    ['ENOTFOUND', 'http://no-such-host.invalid'],
  ])('fails with unreachable: %s', async (code, baseUrl) => {
    const settings = { id: 'it', name: 'It', kind: 'openai', baseUrl, models: ['a'] } as const;
    jest.spyOn(dns, 'lookup').mockImplementation(failEveryLookup as unknown as typeof dns.lookup);
    for (const ask of [generateResult, streamResult]) {
      const { error } = await ask(createProvider(settings, context, OLLAMA));
      expect(error).toBeInstanceOf(ModelFailure);
      expect(error).toMatchObject({ reason: 'unreachable', kind: 'broken', detail: code });
    }
  });

  it('fails with malformed_answer without HTTP, and with unreachable without TLS', async () => {
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
      reasons.push(resultReason(await generateResult(createProvider(settings, context, OLLAMA))));
    }
    server.close();
    expect(reasons).toEqual(['malformed_answer', 'unreachable']);
  });

  it('fails with a ModelFailure when the key is no valid header', async () => {
    const settings = {
      id: 'it',
      name: 'It',
      kind: 'openai',
      baseUrl: 'http://127.0.0.1:1',
      models: ['a'],
    } as const;
    const provider = createProvider({ ...settings, apiKey: 'two\nlines' }, context, OLLAMA);
    expect(resultReason(await generateResult(provider))).toBe('unreachable');
    expect(resultReason(await streamResult(provider))).toBe('unreachable');
  });
});

/** A resolver that finds no name, independent of the resolver of the machine. */
function failEveryLookup(_name: string, _options: object, answer: (error: Error) => void): void {
  setImmediate(answer, Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
}
