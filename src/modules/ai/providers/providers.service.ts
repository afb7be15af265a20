import { Injectable } from '@nestjs/common';
import { AUTO_PROVIDER, BUILT_IN_PROVIDERS, Config } from '@/platform/config/index.js';
import { CapabilityMemory } from '../models/capabilities/capability-memory.js';
import type { Provider } from '../models/language-model.js';
import { failureMessage, ModelFailure, notConfiguredMessage } from '../models/model-failure.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { LearntCapabilitiesResponse } from './dto/capabilities.response.js';
import { ProviderResponse, ProvidersResponse } from './dto/providers.response.js';
import { ProviderRegistry } from './provider-registry.js';

/** Lists the providers with their models and their health. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly circuitBreakers: CircuitBreakers,
    private readonly capabilityMemory: CapabilityMemory,
    private readonly config: Config,
  ) {}

  listLearntCapabilities(): LearntCapabilitiesResponse {
    return LearntCapabilitiesResponse.from(this.capabilityMemory.list());
  }

  /** Returns the health as this user sees it: a timeout counts only for the user that waited. */
  async list(userId: string): Promise<ProvidersResponse> {
    const configured = await Promise.all(
      this.registry.all.map((provider) => this.describe(provider, userId)),
    );
    const automaticIds = this.registry.automaticOrder.map(({ id }) => id);
    const available = configured.some((provider) => provider.available && automaticIds.includes(provider.id));
    const auto: ProviderResponse = {
      id: AUTO_PROVIDER,
      name: 'Automatic',
      models: [],
      available,
      health: available ? 'healthy' : 'unavailable',
      reason: available ? null : 'No provider is available.',
    };
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

  /** Returns the known providers that are not configured, each with the environment variable it needs. */
  private listUnconfigured(): ProviderResponse[] {
    const configuredIds = new Set(this.config.ai.providers.map(({ id }) => id));
    return BUILT_IN_PROVIDERS.filter(({ id }) => !configuredIds.has(id)).map(
      ({ id, name, requiredVariable }) => ({
        id,
        name,
        models: [],
        available: false,
        health: 'unavailable',
        reason: notConfiguredMessage(requiredVariable),
      }),
    );
  }
}
