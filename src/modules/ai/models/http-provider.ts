import type { Clock } from '@/platform/kernel/clock.js';
import { AnswerReader } from './answer-reader.js';
import { CapabilityMemory } from './capabilities/capability-memory.js';
import { AdaptedRequest } from './capabilities/request-adapter.js';
import { interpretProviderError, ProviderError } from './errors/provider-error.js';
import { readRefusal } from './errors/refusal.js';
import { StatedWords } from './errors/stated-words.js';
import type { CallTimeouts } from './http/http-exchange.js';
import type { HttpTransport } from './http/http-transport.js';
import type {
  AnswerListener,
  AnswerMetadata,
  ModelAnswer,
  ModelRequest,
  Provider,
} from './language-model.js';
import { ModelFailure } from './model-failure.js';
import { ModelListCache } from './model-list-cache.js';
import type { ModelFeature } from './model-options.js';
import type { ProviderProtocol } from './protocols/provider-protocol.js';

export interface ProviderIdentity {
  id: string;
  name: string;
  /** The first is the default. Empty: the list is fetched from the provider, if its protocol has one. */
  models: readonly string[];
}

/** What all providers share. */
export interface ProviderContext {
  transport: HttpTransport;
  timeouts: CallTimeouts;
  clock: Clock;
  capabilityMemory: CapabilityMemory;
}

/** Statuses of an endpoint that has no list of models. */
const MISSING_LIST_STATUSES: ReadonlySet<string | undefined> = new Set(['404', '405', '501']);

/** A provider that is reached over HTTP. */
export class HttpProvider implements Provider {
  readonly id: string;
  readonly name: string;
  readonly features: ReadonlySet<ModelFeature>;
  private readonly modelListCache: ModelListCache | undefined;

  constructor(
    private readonly identity: ProviderIdentity,
    private readonly protocol: ProviderProtocol,
    private readonly context: ProviderContext,
  ) {
    this.id = identity.id;
    this.name = identity.name;
    this.features = protocol.features;
    if (identity.models.length === 0 && protocol.listModelsRequest)
      this.modelListCache = new ModelListCache(context.clock, () => this.fetchModels());
  }

  async generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    let [content, reasoning] = ['', ''];
    const metadata = await this.answer(request, false, signal, {
      onText: (text) => (content += text),
      onReasoning: (text) => (reasoning += text),
    });
    return { ...metadata, content, ...(reasoning === '' ? {} : { reasoning }) };
  }

  stream(request: ModelRequest, signal: AbortSignal, listener: AnswerListener): Promise<AnswerMetadata> {
    return this.answer(request, true, signal, listener);
  }

  async models(): Promise<readonly string[]> {
    return this.modelListCache ? this.modelListCache.list() : this.identity.models;
  }

  /**
   * Sends the request; repeats it without what the provider refuses, as far as the question may send further requests.
   * What was refused is remembered when the repeated request is answered.
   */
  private async answer(
    request: ModelRequest,
    streaming: boolean,
    signal: AbortSignal,
    listener: AnswerListener,
  ): Promise<AnswerMetadata> {
    const { capabilityMemory } = this.context;
    const { address } = this.protocol;
    const known = capabilityMemory.recall(address, request.model);
    let adapted = AdaptedRequest.from(request, known, this.protocol);
    for (;;) {
      try {
        const metadata = await this.send(adapted, streaming, signal, listener);
        capabilityMemory.learn(address, request.model, adapted.learnt);
        return metadata;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const words = new StatedWords(error.statement.message, questionOf(request));
        const failure = interpretProviderError(error, words);
        const hasBegun = (error.received?.characters ?? 0) > 0;
        const refusal = hasBegun
          ? undefined
          : readRefusal(error.statement, words, sentParts(adapted, streaming));
        const next = refusal && adapted.without(refusal);
        if (!next || signal.aborted || request.takeRepeat?.() !== true) throw failure;
        adapted = next;
      }
    }
  }

  private send(
    { request, capabilities }: AdaptedRequest,
    streaming: boolean,
    signal: AbortSignal,
    listener: AnswerListener,
  ): Promise<AnswerMetadata> {
    return new Promise((onComplete, onError) => {
      const takesToolCalls = request.options?.tools !== undefined;
      const callbacks = { ...listener, onComplete, onError };
      const reader = new AnswerReader(this.protocol, request.model, callbacks, takesToolCalls);
      const call = this.protocol.buildRequest(request, streaming, capabilities);
      const exchange = this.context.transport.send(call, reader, this.context.timeouts, signal);
      request.flow?.attach((isPaused) => exchange.setPaused(isPaused));
    });
  }

  private async fetchModels(): Promise<readonly string[]> {
    const { listModelsRequest, parseModelList, address } = this.protocol;
    const { transport, timeouts, capabilityMemory } = this.context;
    if (!listModelsRequest || !parseModelList) return [];
    if (!capabilityMemory.hasModelList(address)) throw new ModelFailure('model_unknown');
    try {
      return parseModelList(await transport.fetchJson(listModelsRequest(), timeouts));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (MISSING_LIST_STATUSES.has(error.detail)) capabilityMemory.learnMissingModelList(address);
      throw interpretProviderError(error, new StatedWords(error.statement.message, []));
    }
  }
}

/** Returns every text of a request that the client has chosen. */
function questionOf({ model, messages, options }: ModelRequest): string[] {
  const texts = messages.flatMap(({ content, toolCalls = [] }) => [
    content,
    ...toolCalls.map((call) => call.arguments),
  ]);
  return [model, ...texts, ...(options ? [JSON.stringify(options)] : [])];
}

function sentParts(adapted: AdaptedRequest, streaming: boolean): Parameters<typeof readRefusal>[2] {
  return {
    streamOptions: streaming && adapted.capabilities.streamOptions,
    systemRole: adapted.hasSystemMessage,
    tokenParameter: adapted.tokenParameter,
    maxTokens: adapted.request.maxTokens,
  };
}
