import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities, TokenParameter } from '../capabilities/capabilities.js';
import type { HttpCall } from '../http/http-transport.js';
import type { ModelRequest } from '../language-model.js';
import type { ModelFeature } from '../model-options.js';

/** The wire format of a provider. Its functions are pure, and throw only a `ModelFailure`. */
export interface ProviderProtocol {
  /** The address without secrets: what was learnt about an endpoint is kept under it. */
  readonly address: string;
  /** What requests can use; see {@link ModelFeature}. */
  readonly features: ReadonlySet<ModelFeature>;
  /** Names of the parameter that limits the answer, the usual one first; empty when the protocol has only one. */
  readonly tokenParameters: readonly TokenParameter[];
  /** The limit for an answer of a request without one, for a protocol that requires it. */
  readonly defaultMaxTokens?: number;
  buildRequest(request: ModelRequest, streaming: boolean, capabilities: Capabilities): HttpCall;
  /**
   * Applies one JSON value of an answer: a whole answer, or an event of a stream. Returns whether it belongs to the
   * answer, as opposed to a keep-alive.
   */
  readPayload(payload: unknown, builder: AnswerBuilder): boolean;
  /** Absent when the provider has no usable list of models. */
  listModelsRequest?: (() => HttpCall) | undefined;
  parseModelList?: ((body: unknown) => string[]) | undefined;
}
