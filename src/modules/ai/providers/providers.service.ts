import { Injectable } from '@nestjs/common';
import { AUTO_PROVIDER, BUILT_IN_PROVIDERS, Config } from '@/platform/config/index.js';
import { failureMessage } from '../models/failure-messages.js';
import type { Provider } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { ProviderResponse, ProvidersResponse } from './dto/providers.response.js';
import { ProviderRegistry } from './provider-registry.js';

/** What clients can choose from, and how it is doing. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly circuitBreakers: CircuitBreakers,
    private readonly config: Config,
  ) {}

  /** As they are for this user. */
  async list(userId: string): Promise<ProvidersResponse> {
    const configured = await Promise.all(
      this.registry.all.map((provider) => this.describe(provider, userId)),
    );
    const automaticIds = this.registry.automaticOrder.map(({ id }) => id);
    const auto: ProviderResponse = {
      ...{ id: AUTO_PROVIDER, name: 'Automatic', models: [], reason: null, health: 'healthy' },
      available: configured.some(({ id, available }) => available && automaticIds.includes(id)),
    };
    if (!auto.available) Object.assign(auto, { reason: 'No provider is available.', health: 'unavailable' });
    return { providers: [auto, ...configured, ...this.listUnconfigured()], default: AUTO_PROVIDER };
  }

  private async describe(provider: Provider, userId: string): Promise<ProviderResponse> {
    const { id, name } = provider;
    try {
      const models = [...(await provider.models())];
      const retryAfterSeconds = this.circuitBreakers.retryAfterSeconds(id, userId);
      const failure = this.circuitBreakers.lastFailure(id, userId);
      if (models.length === 0)
        return { id, name, models, available: false, health: 'unavailable', reason: 'It offers no models.' };
      const health = retryAfterSeconds > 0 ? 'unavailable' : failure ? 'degraded' : 'healthy';
      const reason = failure ? failureMessage(failure) : null;
      return { id, name, models, available: retryAfterSeconds === 0, health, reason };
    } catch (error) {
      const reason = error instanceof ModelFailure ? failureMessage(error) : 'It does not answer.';
      return { id, name, models: [], available: false, health: 'unavailable', reason };
    }
  }

  /** The providers we know that this installation has no access to. */
  private listUnconfigured(): ProviderResponse[] {
    const configuredIds = new Set(this.config.ai.providers.map(({ id }) => id));
    return BUILT_IN_PROVIDERS.filter(({ id }) => !configuredIds.has(id)).map(
      ({ id, name, requiredVariable }) => ({
        ...{ id, name, models: [], available: false, health: 'unavailable' },
        reason: notConfiguredMessage(requiredVariable),
      }),
    );
  }
}

export function notConfiguredMessage(variable: string): string {
  return `It is not configured on this server (${variable}).`;
}
