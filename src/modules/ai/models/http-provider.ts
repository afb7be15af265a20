import type { Clock } from '@/platform/kernel/clock.js';
import { truncateAnswer } from './answer-builder.js';
import type { CallTimeouts } from './http/http-exchange.js';
import type { HttpTransport } from './http/http-transport.js';
import type { ModelAnswer, AnswerMetadata, ModelRequest, Provider, OnText } from './language-model.js';
import { ModelListCache } from './model-list-cache.js';
import type { ProviderProtocol } from './protocols/provider-protocol.js';
import { StreamResponseHandler } from './stream-response-handler.js';

/** The list of providers waits for every list of models. */
const MODEL_LIST_TIMEOUT_MS = 2000;

export interface ProviderIdentity {
  id: string;
  name: string;
  /** The first is the default. Empty: the list is fetched from the provider, if its protocol has one. */
  models: readonly string[];
}

/** A provider that is reached over HTTP. */
export class HttpProvider implements Provider {
  readonly id: string;
  readonly name: string;
  private readonly modelListCache: ModelListCache | undefined;

  constructor(
    private readonly identity: ProviderIdentity,
    private readonly protocol: ProviderProtocol,
    private readonly transport: HttpTransport,
    private readonly timeouts: CallTimeouts,
    clock: Clock,
  ) {
    this.id = identity.id;
    this.name = identity.name;
    const { listModelsRequest, parseModelList } = protocol;
    if (identity.models.length > 0 || !listModelsRequest || !parseModelList) return;
    const limits = { answerMs: MODEL_LIST_TIMEOUT_MS, stallMs: MODEL_LIST_TIMEOUT_MS };
    this.modelListCache = new ModelListCache(clock, async () =>
      parseModelList(await transport.fetchJson(listModelsRequest(), limits)),
    );
  }

  async generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const call = this.protocol.buildRequest(request, false);
    const body = await this.transport.fetchJson(call, this.timeouts, signal);
    return truncateAnswer(this.protocol.parseResponse(body, request.model));
  }

  stream(request: ModelRequest, signal: AbortSignal, onText: OnText): Promise<AnswerMetadata> {
    return new Promise((onComplete, onError) => {
      const handler = new StreamResponseHandler(this.protocol, request.model, {
        onText,
        onComplete,
        onError,
      });
      this.transport.send(this.protocol.buildRequest(request, true), handler, this.timeouts, signal);
    });
  }

  async models(): Promise<readonly string[]> {
    return this.modelListCache ? this.modelListCache.list() : this.identity.models;
  }
}
