import type { PassageSearch } from '@/modules/conversations/index.js';
import { parseConfig } from '@/platform/config/index.js';
import { AppError } from '@/platform/errors/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import { LocalProvider } from '../local/local-provider.js';
import { CapabilityMemory } from '../models/capabilities/capability-memory.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { type RoutePlan, RoutePlanner } from './route-planner.js';

const SETTINGS = {
  OPENAI_API_KEY: 'key',
  OPENAI_MODELS: 'gpt-a,gpt-b',
  OPENAI_COMPATIBLE_OPEN_BASE_URL: 'http://localhost:1',
  OPENAI_COMPATIBLE_FIXED_BASE_URL: 'http://localhost:2',
  OPENAI_COMPATIBLE_FIXED_MODELS: 'gpt-b,fixed-a',
};

async function createRegistry(env: Record<string, string>): Promise<ProviderRegistry> {
  const config = parseConfig({ NODE_ENV: 'test', ...env });
  const search: Partial<PassageSearch> = { find: () => Promise.resolve([]) };
  const clock = new TestClock();
  const local = new LocalProvider(search as PassageSearch, new GroundingRegistry(), config);
  return ProviderRegistry.create(config, clock, local, new CapabilityMemory(clock));
}

const candidatesOf = ({ candidates }: RoutePlan): (string | undefined)[][] =>
  candidates.map(({ provider, model }) => [provider.id, model]);

function thrownError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error instanceof AppError ? [error.code, error.detail] : error;
  }
  return undefined;
}

describe('RoutePlanner', () => {
  let planner: RoutePlanner;

  beforeAll(async () => {
    planner = new RoutePlanner(await createRegistry(SETTINGS));
  });

  it('plans all providers for auto, in their order, with their default models', () => {
    for (const plan of [planner.plan(), planner.plan('auto'), planner.plan(undefined, undefined)]) {
      expect(plan).toMatchObject({ requestedName: 'auto', isExplicit: false });
      expect(candidatesOf(plan)).toEqual([
        ['openai', undefined],
        ['fixed', undefined],
        ['open', undefined],
        ['local', undefined],
      ]);
    }
  });

  it('plans for auto only the providers that may offer the model', () => {
    expect(candidatesOf(planner.plan('auto', 'gpt-b'))).toEqual([
      ['openai', 'gpt-b'],
      ['fixed', 'gpt-b'],
      ['open', 'gpt-b'],
    ]);
    // Only a provider without configured models may have an unknown model.
    expect(candidatesOf(planner.plan('auto', 'unheard-of'))).toEqual([['open', 'unheard-of']]);
  });

  it('plans only the named provider', () => {
    const plan = planner.plan('fixed', 'fixed-a');
    expect(plan).toMatchObject({ requestedName: 'fixed', isExplicit: true });
    expect(candidatesOf(plan)).toEqual([['fixed', 'fixed-a']]);
    expect(candidatesOf(planner.plan('local'))).toEqual([['local', undefined]]);
    expect(candidatesOf(planner.plan('open', 'anything'))).toEqual([['open', 'anything']]);
  });

  it('accepts the name of a model in place of a provider, and takes the first provider that has it', () => {
    const plan = planner.plan('gpt-b');
    expect(plan).toMatchObject({ requestedName: 'gpt-b', isExplicit: true });
    expect(candidatesOf(plan)).toEqual([['openai', 'gpt-b']]);
    expect(candidatesOf(planner.plan('gpt-b', 'gpt-b'))).toEqual([['openai', 'gpt-b']]);
  });

  it.each([
    ['fixed', 'gpt-a', 'model'],
    ['local', 'gpt-a', 'model'],
    ['nonsense', undefined, 'provider'],
    ['', undefined, 'provider'],
    ['OPENAI', undefined, 'provider'],
    ['gpt-b', 'gpt-a', 'provider'],
    ['constructor', undefined, 'provider'],
  ])('rejects the provider %j with the model %j', (provider, model, path) => {
    expect(thrownError(() => planner.plan(provider, model))).toEqual([
      'validation_failed',
      expect.objectContaining({ fields: [expect.objectContaining({ path, rule: 'choice' })] }),
    ]);
  });

  it('rejects a model that no provider of auto offers', async () => {
    const fixedOnly = new RoutePlanner(await createRegistry({ OPENAI_API_KEY: 'key' }));
    expect(thrownError(() => fixedOnly.plan('auto', 'nonsense'))).toMatchObject(['validation_failed', {}]);
  });

  it('names the variable that configures a known provider', () => {
    expect(thrownError(() => planner.plan('anthropic'))).toEqual([
      'ai_unavailable',
      expect.objectContaining({
        providers: [
          { provider: 'anthropic', reason: 'It is not configured on this server (ANTHROPIC_API_KEY).' },
        ],
      }),
    ]);
  });

  it.each([
    [null, undefined],
    ['openai', 'openai'],
    ['gpt-a', 'gpt-a'],
    ['local', 'local'],
    ['anthropic', undefined],
    ['auto', undefined],
    ['nonsense', undefined],
  ])('resolves the stored name %j to %j', (name, resolved) => {
    expect(planner.resolveStoredName(name)).toBe(resolved);
  });

  it('follows the configured order of auto, and keeps other providers available by name', async () => {
    const ordered = new RoutePlanner(
      await createRegistry({ ...SETTINGS, AI_PROVIDER_ORDER: 'local,open,anthropic' }),
    );
    expect(candidatesOf(ordered.plan()).map(([id]) => id)).toEqual(['local', 'open']);
    expect(candidatesOf(ordered.plan('openai'))).toEqual([['openai', undefined]]);
  });
});
