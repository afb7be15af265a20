import { type AiSettings, BUILT_IN, type Config } from '@/platform/config/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { LocalProvider } from '../local/local-provider.js';
import type { Provider } from '../models/language-model.js';

/** The providers of this installation: those of the environment, and `local`, which always exists. */
export class ProviderRegistry {
  readonly all: readonly Provider[];
  /** What `auto` tries, in this order. */
  readonly inOrder: readonly Provider[];
  private readonly byId: ReadonlyMap<string, Provider>;
  private readonly byModel = new Map<string, string>();
  /** Models by provider, where they are known without asking. */
  private readonly configured: ReadonlyMap<string, readonly string[]>;

  private constructor(ai: AiSettings, configured: readonly Provider[], local: LocalProvider) {
    this.all = [...configured, local];
    this.byId = new Map(this.all.map((provider) => [provider.id, provider]));
    const lists = ai.providers.map(({ id, models }) => [id, models] as const);
    this.configured = new Map([...lists, [local.id, local.offered] as const]);
    const order = ai.order ?? this.all.map(({ id }) => id);
    this.inOrder = order.flatMap((id) => this.byId.get(id) ?? []);
    for (const { id, models } of ai.providers)
      for (const model of models) if (!this.byModel.has(model)) this.byModel.set(model, id);
  }

  /** What it takes to reach a provider is loaded only where there is one. */
  static async open({ ai }: Config, clock: Clock, local: LocalProvider): Promise<ProviderRegistry> {
    if (ai.providers.length === 0) return new ProviderRegistry(ai, [], local);
    const { createProvider } = await import('../models/provider-factory.js');
    const limits = { answerMs: ai.answerMs, stallMs: ai.stallMs };
    const configured = ai.providers.map((settings) => createProvider(settings, limits, clock));
    return new ProviderRegistry(ai, configured, local);
  }

  find(id: string): Provider | undefined {
    return this.byId.get(id);
  }

  /** The provider whose configured models include this one. */
  offering(model: string): Provider | undefined {
    return this.byId.get(this.byModel.get(model) ?? '');
  }

  /** The variable that would bring a provider we know; undefined for one we do not. */
  variableFor(id: string): string | undefined {
    return BUILT_IN.find((known) => known.id === id)?.needs;
  }

  /** False where the provider certainly does not have the model. */
  mayOffer({ id }: Provider, model: string): boolean {
    const models = this.configured.get(id) ?? [];
    return models.length === 0 || models.includes(model);
  }
}
