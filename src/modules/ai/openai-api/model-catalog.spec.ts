import type { Provider } from '../models/language-model.js';
import type { ProviderRegistry } from '../providers/provider-registry.js';
import type { RoutePlanner } from '../routing/route-planner.js';
import { ModelCatalog } from './model-catalog.js';

const provider = (id: string, models: Provider['models']): Provider => ({ id, models }) as Provider;

describe('ModelCatalog', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('lists a provider that does not send its models in time without them', async () => {
    const all = [
      provider('silent', () => new Promise(() => undefined)),
      provider('broken', () => Promise.reject(new Error('no'))),
      provider('whole', () => Promise.resolve(['m'])),
    ];
    const find = (id: string): Provider | undefined => all.find((each) => each.id === id);
    const registry = { all, find, mayOffer: () => true } as unknown as ProviderRegistry;
    const catalog = new ModelCatalog(registry, {} as RoutePlanner);
    const listed = catalog.list();
    const found = catalog.find('silent/m').catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(5_000);
    expect((await listed).data.map(({ id }) => id)).toEqual(['auto', 'silent', 'broken', 'whole', 'whole/m']);
    expect(await found).toMatchObject({ code: 'model_not_found' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
