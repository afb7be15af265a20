import { Injectable } from '@nestjs/common';
import { AUTO } from '@/platform/config/index.js';
import { type AppError, validationFailed } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { Provider } from '../models/language-model.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { notConfigured } from '../providers/providers.service.js';

/** A provider to be asked; without a model its default, which may have to be found out first. */
export interface Candidate {
  provider: Provider;
  model: string | undefined;
}

/** Who is asked, in which order. A named provider is the only one. */
export interface Plan {
  /** What the request named; answers echo it. */
  asked: string;
  named: boolean;
  candidates: readonly Candidate[];
}

@Injectable()
export class Planner {
  constructor(private readonly registry: ProviderRegistry) {}

  /**
   * `asked`: `auto`, a provider, or one of the models offered. Throws 400 naming the field for what nobody here
   * knows, and 503 `ai_unavailable` for a provider that this installation has no access to.
   */
  plan(asked: string = AUTO, model?: string): Plan {
    if (asked === AUTO) return { asked, named: false, candidates: this.automatic(model) };
    const provider = this.registry.find(asked);
    if (provider)
      return { asked, named: true, candidates: [{ provider, model: this.checked(provider, model) }] };
    const offering = this.registry.offering(asked);
    if (offering && (model === undefined || model === asked))
      return { asked, named: true, candidates: [{ provider: offering, model: asked }] };
    const variable = this.registry.variableFor(asked);
    if (!variable) throw unknown('provider', `must be ${AUTO}, or a provider or model of this server`);
    const providers = [{ provider: asked, reason: notConfigured(variable) }];
    throw aiErrors.ai_unavailable({ facts: { providers } });
  }

  /** What a conversation names, unless this server does not know it (any more): then nobody is named. */
  known(name: string | null): string | undefined {
    if (name === null) return undefined;
    return this.registry.find(name) || this.registry.offering(name) ? name : undefined;
  }

  private automatic(model: string | undefined): Candidate[] {
    if (model === undefined) return this.registry.inOrder.map((provider) => ({ provider, model }));
    const offering = this.registry.inOrder.filter((provider) => this.registry.mayOffer(provider, model));
    if (offering.length === 0) throw unknown('model', `is offered by no provider that ${AUTO} asks`);
    return offering.map((provider) => ({ provider, model }));
  }

  private checked(provider: Provider, model: string | undefined): string | undefined {
    if (model === undefined || this.registry.mayOffer(provider, model)) return model;
    throw unknown('model', 'is not offered by this provider');
  }
}

function unknown(path: string, message: string): AppError {
  return validationFailed([{ path, rule: 'choice', message }]);
}
