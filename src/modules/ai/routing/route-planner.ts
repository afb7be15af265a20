import { Injectable } from '@nestjs/common';
import { AUTO_PROVIDER } from '@/platform/config/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { Provider } from '../models/language-model.js';
import { notConfiguredMessage } from '../models/model-failure.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** A provider that can be asked. Without a model its default is used, which may have to be fetched first. */
export interface Candidate {
  provider: Provider;
  model: string | undefined;
}

/** The providers that are asked, in order. A named provider is the only candidate. */
export interface RoutePlan {
  /** The `provider` of the request. Responses echo it. */
  requestedName: string;
  /** True when the request named a provider or a model, not `auto`. */
  isExplicit: boolean;
  candidates: readonly Candidate[];
}

/** Decides which providers are asked. */
@Injectable()
export class RoutePlanner {
  constructor(private readonly registry: ProviderRegistry) {}

  /**
   * Plans for `auto`, the id of a provider, or the name of a configured model. Throws 400 for an unknown provider or
   * model, and 503 `ai_unavailable` for a known provider that is not configured.
   */
  plan(requestedName: string = AUTO_PROVIDER, model?: string): RoutePlan {
    if (requestedName === AUTO_PROVIDER)
      return { requestedName, isExplicit: false, candidates: this.automaticCandidates(model) };
    const provider = this.registry.find(requestedName);
    if (provider)
      return {
        requestedName,
        isExplicit: true,
        candidates: [{ provider, model: this.assertOffered(provider, model) }],
      };
    const offering = this.registry.findByModel(requestedName);
    if (offering && (model === undefined || model === requestedName))
      return { requestedName, isExplicit: true, candidates: [{ provider: offering, model: requestedName }] };
    const variable = this.registry.environmentVariableFor(requestedName);
    if (!variable)
      throw invalidField(
        'provider',
        'choice',
        `must be ${AUTO_PROVIDER}, or a provider or model of this server`,
      );
    const providers = [{ provider: requestedName, reason: notConfiguredMessage(variable) }];
    throw aiErrors.ai_unavailable({ data: { providers } });
  }

  /** Returns the stored provider of a conversation; undefined when it is not configured any more. */
  resolveStoredName(name: string | null): string | undefined {
    if (name === null) return undefined;
    return this.registry.find(name) || this.registry.findByModel(name) ? name : undefined;
  }

  private automaticCandidates(model: string | undefined): Candidate[] {
    if (model === undefined) return this.registry.automaticOrder.map((provider) => ({ provider, model }));
    const offering = this.registry.automaticOrder.filter((provider) =>
      this.registry.mayOffer(provider, model),
    );
    if (offering.length === 0)
      throw invalidField('model', 'choice', `is not offered by any provider of ${AUTO_PROVIDER}`);
    return offering.map((provider) => ({ provider, model }));
  }

  private assertOffered(provider: Provider, model: string | undefined): string | undefined {
    if (model === undefined || this.registry.mayOffer(provider, model)) return model;
    throw invalidField('model', 'choice', 'is not offered by this provider');
  }
}
