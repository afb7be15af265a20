import type { ProviderSettings } from '@/platform/config/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { CapabilityMemory } from './capabilities/capability-memory.js';
import { HttpTransport } from './http/http-transport.js';
import type { HttpCall } from './http/http-transport.js';
import type { Provider } from './language-model.js';
import { createProvider } from './provider-factory.js';

/** Records calls instead of sending them. */
class RecordingTransport extends HttpTransport {
  readonly calls: HttpCall[] = [];

  override fetchJson(call: HttpCall): Promise<unknown> {
    this.calls.push(call);
    return Promise.resolve({ data: [{ id: 'listed' }], models: [{ name: 'listed' }] });
  }
}

describe('createProvider', () => {
  const clock = new TestClock();
  const timeouts = { answerMs: 1000, stallMs: 1000 };
  let transport: RecordingTransport;

  beforeEach(() => {
    transport = new RecordingTransport(clock);
  });
  afterEach(() => transport.close());

  function create(settings: ProviderSettings): Provider {
    const context = { transport, timeouts, clock, capabilityMemory: new CapabilityMemory(clock) };
    return createProvider(settings, context, { maxContext: 4096 });
  }

  async function listModels(settings: Partial<ProviderSettings>): Promise<readonly string[]> {
    const defaults = {
      id: 'p',
      name: 'P',
      kind: 'openai' as const,
      baseUrl: 'https://api.test/v1',
      models: [],
    };
    return create({ ...defaults, ...settings }).models();
  }

  it.each([
    ['openai-compatible', 'https://api.test/v1', '/v1/models'],
    ['ollama', 'http://localhost:11434', '/api/tags'],
    ['ollama', 'http://localhost:11434/v1/', '/v1/models'],
    ['ollama', 'http://localhost:11434/v10', '/v10/api/tags'],
  ] as const)('lists the models of %s at %s from %s', async (kind, baseUrl, path) => {
    expect(await listModels({ kind, baseUrl })).toEqual(['listed']);
    expect(transport.calls.map((call) => call.path)).toEqual([path]);
  });

  it.each(['openai', 'anthropic', 'google'] as const)('fetches no list from %s', async (kind) => {
    expect(await listModels({ kind })).toEqual([]);
    expect(transport.calls).toEqual([]);
  });

  it('returns configured models without a request', async () => {
    expect(await listModels({ kind: 'openai-compatible', models: ['b', 'a'] })).toEqual(['b', 'a']);
    expect(transport.calls).toEqual([]);
  });

  it('has the id and the name of its settings', () => {
    const settings = { id: 'p', name: 'P', kind: 'google' as const, baseUrl: 'https://api.test', models: [] };
    expect(create(settings)).toMatchObject({ id: 'p', name: 'P' });
  });
});
