import { type AiSettings, BUILT_IN_PROVIDERS, type Config } from '@/platform/config/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { LocalProvider } from '../local/local-provider.js';
import type { CapabilityMemory } from '../models/capabilities/capability-memory.js';
import type { Provider } from '../models/language-model.js';

/** The providers of this installation: those of the environment, and the built-in one, which always exists. */
export class ProviderRegistry {
  readonly all: readonly Provider[];
  /** The providers that `auto` tries, in this order. */
  readonly automaticOrder: readonly Provider[];
  private readonly byId: ReadonlyMap<string, Provider>;
  private readonly byModel = new Map<string, string>();
  /** Models by provider, for providers whose models are configured. */
  private readonly configuredModels: ReadonlyMap<string, readonly string[]>;

  private constructor(ai: AiSettings, configured: readonly Provider[], local: LocalProvider) {
    this.all = [...configured, local];
    this.byId = new Map(this.all.map((provider) => [provider.id, provider]));
    const lists = ai.providers.map(({ id, models }) => [id, models] as const);
    this.configuredModels = new Map([...lists, [local.id, local.modelNames] as const]);
    const order = ai.order ?? this.all.map(({ id }) => id);
    this.automaticOrder = order.flatMap((id) => this.byId.get(id) ?? []);
    for (const { id, models } of ai.providers)
      for (const model of models) if (!this.byModel.has(model)) this.byModel.set(model, id);
  }

  /** Loads the HTTP client only when a provider is configured. */
  static async create(
    { ai }: Config,
    clock: Clock,
    local: LocalProvider,
    capabilityMemory: CapabilityMemory,
  ): Promise<ProviderRegistry> {
    if (ai.providers.length === 0) return new ProviderRegistry(ai, [], local);
    const { createProvider, HttpTransport } = await import('../models/provider-factory.js');
    const timeouts = { answerMs: ai.answerTimeoutMs, stallMs: ai.stallTimeoutMs };
    const configured = ai.providers.map((settings) => {
      const transport = new HttpTransport(clock, { proxies: ai.proxies });
      const context = { transport, timeouts, clock, capabilityMemory };
      return createProvider(settings, context, { maxContext: ai.ollamaMaxContext });
    });
    return new ProviderRegistry(ai, configured, local);
  }

  find(id: string): Provider | undefined {
    return this.byId.get(id);
  }

  /** Returns the first provider whose configured models include this one. */
  findByModel(model: string): Provider | undefined {
    return this.byId.get(this.byModel.get(model) ?? '');
  }

  /** Returns the environment variable that configures a known provider; undefined for an unknown one. */
  environmentVariableFor(id: string): string | undefined {
    return BUILT_IN_PROVIDERS.find((known) => known.id === id)?.requiredVariable;
  }

  /** Returns false when the models of the provider are configured and do not include this one. */
  mayOffer({ id }: Provider, model: string): boolean {
    const models = this.configuredModels.get(id) ?? [];
    return models.length === 0 || models.includes(model);
  }
}
