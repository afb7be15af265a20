import type { AnswerBuilder } from '../answer-builder.js';
import type { HttpCall } from '../http/http-transport.js';
import type { ModelAnswer, ModelRequest } from '../language-model.js';

/** A provider's protocol: how it is asked, and what its words mean. It throws nothing but a `ModelFailure`. */
export interface ProviderProtocol {
  /** How a streamed answer is cut: server-sent events, or a JSON value a line. */
  readonly streamFormat: 'events' | 'lines';
  buildRequest(request: ModelRequest, streaming: boolean): HttpCall;
  /** An answer that came in one piece; `asked` is the model that was asked. */
  parseResponse(body: unknown, requestedModel: string): ModelAnswer;
  /** One event of a streamed answer. */
  parseEvent(data: string, builder: AnswerBuilder): void;
  /** How to ask which models there are, where it can be asked. */
  listModelsRequest?(): HttpCall;
  parseModelList?(body: unknown): string[];
}

/** The default model first, and none twice; empty names are none. */
export function uniqueNames(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}
