import type { AnswerDraft } from '../answer-builder.js';
import type { HttpCall } from '../http/http-transport.js';
import type { ModelAnswer, ModelRequest } from '../language-model.js';

/** A provider's protocol: how it is asked, and what its words mean. It throws nothing but a `ModelFailure`. */
export interface Dialect {
  /** How a streamed answer is cut: server-sent events, or a JSON value a line. */
  readonly framing: 'events' | 'lines';
  question(request: ModelRequest, streaming: boolean): HttpCall;
  /** An answer that came in one piece; `asked` is the model that was asked. */
  whole(body: unknown, asked: string): ModelAnswer;
  /** One event of a streamed answer. */
  read(data: string, draft: AnswerDraft): void;
  /** How to ask which models there are, where it can be asked. */
  offer?(): HttpCall;
  offered?(body: unknown): string[];
}

/** The default model first, and none twice; empty names are none. */
export function namesOf(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}
