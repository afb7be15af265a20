import { Injectable } from '@nestjs/common';
import { AUTO_PROVIDER } from '@/platform/config/index.js';
import { type AppError, validationFailed } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { Provider } from '../models/language-model.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { notConfiguredMessage } from '../providers/providers.service.js';

/** A provider to be asked; without a model its default, which may have to be found out first. */
export interface Candidate {
  provider: Provider;
  model: string | undefined;
}

/** Who is asked, in which order. A named provider is the only one. */
export interface RoutePlan {
  /** What the request named; answers echo it. */
  requestedName: string;
  isExplicit: boolean;
  candidates: readonly Candidate[];
}

@Injectable()
export class RoutePlanner {
  constructor(private readonly registry: ProviderRegistry) {}

  /**
   * `asked`: `auto`, a provider, or one of the models offered. Throws 400 naming the field for what nobody here
   * knows, and 503 `ai_unavailable` for a provider that this installation has no access to.
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
      throw unknownChoice('provider', `must be ${AUTO_PROVIDER}, or a provider or model of this server`);
    const providers = [{ provider: requestedName, reason: notConfiguredMessage(variable) }];
    throw aiErrors.ai_unavailable({ data: { providers } });
  }

  /** What a conversation names, unless this server does not know it (any more): then nobody is named. */
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
      throw unknownChoice('model', `is offered by no provider that ${AUTO_PROVIDER} asks`);
    return offering.map((provider) => ({ provider, model }));
  }

  private assertOffered(provider: Provider, model: string | undefined): string | undefined {
    if (model === undefined || this.registry.mayOffer(provider, model)) return model;
    throw unknownChoice('model', 'is not offered by this provider');
  }
}

function unknownChoice(path: string, message: string): AppError {
  return validationFailed([{ path, rule: 'choice', message }]);
}
