import type { AnswerBuilder } from '../answer-builder.js';
import type { HttpCall } from '../http/http-transport.js';
import type { ModelAnswer, ModelRequest } from '../language-model.js';

/** The wire format of a provider. Its functions are pure, and throw only a `ModelFailure`. */
export interface ProviderProtocol {
  /** The format of a streamed answer: server-sent events, or one JSON value a line. */
  readonly streamFormat: 'events' | 'lines';
  buildRequest(request: ModelRequest, streaming: boolean): HttpCall;
  /** Parses an answer that was not streamed. `requestedModel` is used when the body does not name the model. */
  parseResponse(body: unknown, requestedModel: string): ModelAnswer;
  /** Applies one event of a streamed answer. */
  parseEvent(data: string, builder: AnswerBuilder): void;
  /** Absent when the provider has no usable list of models. */
  listModelsRequest?(): HttpCall;
  parseModelList?(body: unknown): string[];
}

/** Removes empty names and duplicates; keeps the order. */
export function uniqueNames(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}
