import { Injectable } from '@nestjs/common';
import { AUTO, BUILT_IN, Config } from '@/platform/config/index.js';
import { wordsOf } from '../models/failure-messages.js';
import type { Provider } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';
import { Circuits } from './circuit-breakers.js';
import { ProviderResponse, ProvidersResponse } from './dto/providers.response.js';
import { ProviderRegistry } from './provider-registry.js';

/** What clients can choose from, and how it is doing. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly circuits: Circuits,
    private readonly config: Config,
  ) {}

  /** As they are for this user. */
  async list(caller: string): Promise<ProvidersResponse> {
    const present = await Promise.all(this.registry.all.map((provider) => this.describe(provider, caller)));
    const ordered = this.registry.inOrder.map(({ id }) => id);
    const auto: ProviderResponse = {
      ...{ id: AUTO, name: 'Automatic', models: [], reason: null, health: 'healthy' },
      available: present.some(({ id, available }) => available && ordered.includes(id)),
    };
    if (!auto.available) Object.assign(auto, { reason: 'No provider is available.', health: 'unavailable' });
    return { providers: [auto, ...present, ...this.absent()], default: AUTO };
  }

  private async describe(provider: Provider, caller: string): Promise<ProviderResponse> {
    const { id, name } = provider;
    try {
      const models = [...(await provider.models())];
      const pause = this.circuits.closedFor(id, caller);
      const failure = this.circuits.lastFailure(id, caller);
      if (models.length === 0)
        return { id, name, models, available: false, health: 'unavailable', reason: 'It offers no models.' };
      const health = pause > 0 ? 'unavailable' : failure ? 'degraded' : 'healthy';
      const reason = failure ? wordsOf(failure) : null;
      return { id, name, models, available: pause === 0, health, reason };
    } catch (error) {
      const reason = error instanceof ModelFailure ? wordsOf(error) : 'It does not answer.';
      return { id, name, models: [], available: false, health: 'unavailable', reason };
    }
  }

  /** The providers we know that this installation has no access to. */
  private absent(): ProviderResponse[] {
    const present = new Set(this.config.ai.providers.map(({ id }) => id));
    return BUILT_IN.filter(({ id }) => !present.has(id)).map(({ id, name, needs }) => ({
      ...{ id, name, models: [], available: false, health: 'unavailable' },
      reason: notConfigured(needs),
    }));
  }
}

export function notConfigured(variable: string): string {
  return `It is not configured on this server (${variable}).`;
}
