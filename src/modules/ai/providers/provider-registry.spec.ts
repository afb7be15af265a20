import type { PassageSearch } from '@/modules/conversations/index.js';
import { parseConfig } from '@/platform/config/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import { LocalProvider } from '../local/local-provider.js';
import { CapabilityMemory } from '../models/capabilities/capability-memory.js';
import { ProviderRegistry } from './provider-registry.js';

async function createRegistry(env: Record<string, string> = {}): Promise<ProviderRegistry> {
  const config = parseConfig({ NODE_ENV: 'test', ...env });
  const search: Partial<PassageSearch> = { find: () => Promise.resolve([]) };
  const clock = new TestClock();
  const local = new LocalProvider(search as PassageSearch, new GroundingRegistry(), config);
  return ProviderRegistry.create(config, clock, local, new CapabilityMemory(clock));
}

const idsOf = (providers: readonly { id: string }[]): string[] => providers.map(({ id }) => id);

describe('ProviderRegistry', () => {
  it('has the built-in provider without any configuration', async () => {
    const registry = await createRegistry();
    expect(idsOf(registry.all)).toEqual(['local']);
    expect(idsOf(registry.automaticOrder)).toEqual(['local']);
    expect(registry.find('local')?.id).toBe('local');
  });

  it('has configured providers before the built-in one', async () => {
    const registry = await createRegistry({ GOOGLE_GENERATIVE_AI_API_KEY: 'k', OPENAI_API_KEY: 'k' });
    expect(idsOf(registry.all)).toEqual(['openai', 'google', 'local']);
    expect(idsOf(registry.automaticOrder)).toEqual(['openai', 'google', 'local']);
  });

  it('skips providers of the configured order that are not configured themselves', async () => {
    const registry = await createRegistry({ OPENAI_API_KEY: 'k', AI_PROVIDER_ORDER: 'google,openai' });
    expect(idsOf(registry.automaticOrder)).toEqual(['openai']);
    expect(idsOf(registry.all)).toEqual(['openai', 'local']);
  });

  it('finds a model at the first provider that has it configured', async () => {
    const registry = await createRegistry({
      OPENAI_COMPATIBLE_B_BASE_URL: 'http://localhost:1',
      OPENAI_COMPATIBLE_B_MODELS: 'shared,own-b',
      OPENAI_COMPATIBLE_A_BASE_URL: 'http://localhost:1',
      OPENAI_COMPATIBLE_A_MODELS: 'shared',
    });
    expect(registry.findByModel('shared')?.id).toBe('a');
    expect(registry.findByModel('own-b')?.id).toBe('b');
  });

  it.each(['', 'unknown', 'local-extractive', 'constructor', '__proto__'])(
    'finds no provider of the model %j',
    async (model) => {
      expect((await createRegistry({ OPENAI_API_KEY: 'k' })).findByModel(model)).toBeUndefined();
    },
  );

  it('finds no provider that is not configured', async () => {
    const registry = await createRegistry();
    for (const id of ['openai', 'auto', '', 'LOCAL']) expect(registry.find(id)).toBeUndefined();
  });

  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    ['ollama', 'OLLAMA_BASE_URL'],
    ['local', undefined],
    ['unknown', undefined],
  ])('knows the environment variable of %s', async (id, variable) => {
    expect((await createRegistry()).environmentVariableFor(id)).toBe(variable);
  });

  it('lets a provider without configured models offer any model, and others only their own', async () => {
    const registry = await createRegistry({
      OPENAI_API_KEY: 'k',
      OPENAI_MODELS: 'gpt-a',
      OLLAMA_BASE_URL: 'http://localhost:11434',
    });
    const mayOffer = (id: string, model: string): boolean => {
      const provider = registry.find(id);
      return provider !== undefined && registry.mayOffer(provider, model);
    };
    expect([mayOffer('openai', 'gpt-a'), mayOffer('openai', 'gpt-b')]).toEqual([true, false]);
    expect([mayOffer('ollama', 'gpt-a'), mayOffer('ollama', 'llama')]).toEqual([true, true]);
    expect([mayOffer('local', 'local-extractive'), mayOffer('local', 'gpt-a')]).toEqual([true, false]);
  });
});
