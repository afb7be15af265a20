import { Injectable } from '@nestjs/common';
import { AUTO_PROVIDER } from '@/platform/config/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelMessage, Provider } from '../models/language-model.js';
import type { ModelFeature, ModelOptions } from '../models/model-options.js';
import { requiredFeatures } from '../models/required-features.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { type RoutePlan, RoutePlanner } from '../routing/route-planner.js';
import { ModelListResponse, ModelResponse } from './dto/model.response.js';

const AUTO_OWNER = 'xentree';
/** Clients wait for the list when they start. A provider that is slower has its models in a later one. */
const LIST_TIMEOUT_MS = 5_000;

/** The fields of a request that ask for a feature. */
const FIELDS: Readonly<Record<ModelFeature, string>> = {
  tools: 'tools',
  required_tool: 'tool_choice',
  json_object: 'response_format',
  json_schema: 'response_format',
};

/** The models by their ids: `auto`, `<provider>`, or `<provider>/<model>`, divided at the first slash. */
@Injectable()
export class ModelCatalog {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly planner: RoutePlanner,
  ) {}

  /** A provider whose list cannot be fetched in time is listed without its models. */
  async list(): Promise<ModelListResponse> {
    const providers = await Promise.all(this.registry.all.map((provider) => describeProvider(provider)));
    return { object: 'list', data: [ModelResponse.from(AUTO_PROVIDER, AUTO_OWNER), ...providers.flat()] };
  }

  /** Throws 404 `model_not_found`. */
  async find(id: string): Promise<ModelResponse> {
    if (id === AUTO_PROVIDER) return ModelResponse.from(id, AUTO_OWNER);
    const { provider, model } = this.parse(id);
    const isListed = model === undefined || (await listModels(provider)).includes(model);
    if (!isListed) throw aiErrors.model_not_found();
    return ModelResponse.from(id, provider.id);
  }

  /**
   * Returns the plan for a request. Candidates without a feature that it needs are left out; throws 400 when none is
   * left, and 404 `model_not_found`.
   */
  plan(id: string, messages: readonly ModelMessage[], options: ModelOptions): RoutePlan {
    const plan = id === AUTO_PROVIDER ? this.planner.plan() : this.planNamed(id);
    let { candidates } = plan;
    for (const feature of requiredFeatures(messages, options)) {
      candidates = candidates.filter(({ provider }) => provider.features.has(feature));
      if (candidates.length > 0) continue;
      const field = feature === 'tools' && !options.tools ? 'messages' : FIELDS[feature];
      throw invalidField(field, 'unsupported', 'cannot be used with any provider of this model');
    }
    return { ...plan, candidates };
  }

  private planNamed(id: string): RoutePlan {
    const { provider, model } = this.parse(id);
    return this.planner.plan(provider.id, model);
  }

  private parse(id: string): { provider: Provider; model: string | undefined } {
    const slash = id.indexOf('/');
    const provider = this.registry.find(slash < 0 ? id : id.slice(0, slash));
    const model = slash < 0 ? undefined : id.slice(slash + 1);
    const isOffered =
      model !== '' && (model === undefined || (provider && this.registry.mayOffer(provider, model)));
    if (!provider || !isOffered) throw aiErrors.model_not_found();
    return { provider, model };
  }
}

async function describeProvider(provider: Provider): Promise<ModelResponse[]> {
  const names = await listModels(provider);
  const ids = [provider.id, ...names.map((name) => `${provider.id}/${name}`)];
  return ids.map((id) => ModelResponse.from(id, provider.id));
}

async function listModels(provider: Provider): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), LIST_TIMEOUT_MS);
  });
  const names = await Promise.race([provider.models().catch(() => []), tooLate]);
  clearTimeout(timer);
  return names;
}
