import type {
  AnswerListener,
  AnswerMetadata,
  ModelAnswer,
  ModelRequest,
  Provider,
} from '../models/language-model.js';
import type { ModelCall } from './model-call-metrics.js';
import type { RouteTrace } from './route-trace.js';

/** Receives an answer while it arrives. `onStart` discards all text before it. */
export interface StreamListener extends AnswerListener {
  onStart: (provider: string, model: string) => void;
  /** Called before each call of a model: the thinking of an earlier one does not count any more. */
  onAttempt?: () => void;
  /** False: after `onStart` no other candidate is asked, because the client cannot discard what it has received. */
  canRestart?: boolean;
}

/** Asks one candidate for an answer, in one or several attempts. */
export interface CandidateCall<T extends AnswerMetadata> {
  /** Called before each attempt, also if the model cannot be determined. */
  beginAttempt: () => void;
  ask: (request: ModelRequest, call: ModelCall) => Promise<T>;
  /** False when another attempt would repeat text that was passed on. */
  canRepeat: () => boolean;
  /** True when no other candidate may be asked. */
  isFinal: () => boolean;
}

/** Asks for the whole answer. */
export class WholeAnswerCall implements CandidateCall<ModelAnswer> {
  constructor(
    private readonly provider: Provider,
    private readonly trace: RouteTrace,
    private readonly signal: AbortSignal,
  ) {}

  beginAttempt(): void {
    // Nothing was passed on.
  }

  async ask(request: ModelRequest): Promise<ModelAnswer> {
    const answer = await this.provider.generate(request, this.signal);
    this.trace.recordText(toGeneratedText(answer));
    return answer;
  }

  canRepeat(): boolean {
    return true;
  }

  isFinal(): boolean {
    return false;
  }
}

/** Asks for a stream. Counts and passes on its text, its thinking and its tool calls. */
export class StreamedAnswerCall implements CandidateCall<AnswerMetadata> {
  private started = false;

  constructor(
    private readonly provider: Provider,
    private readonly trace: RouteTrace,
    private readonly signal: AbortSignal,
    private readonly listener: StreamListener,
  ) {}

  beginAttempt(): void {
    this.listener.onAttempt?.();
  }

  async ask(request: ModelRequest, call: ModelCall): Promise<AnswerMetadata> {
    const begin = (): void => this.start(request, call);
    const answer = await this.provider.stream(request, this.signal, this.toProviderListener(begin));
    // An answer without text, such as a filtered one, has not been started yet.
    begin();
    return answer;
  }

  canRepeat(): boolean {
    return !this.started;
  }

  isFinal(): boolean {
    return this.started && this.listener.canRestart === false;
  }

  private toProviderListener(begin: () => void): AnswerListener {
    const { onText, onReasoning, onToolCall } = this.listener;
    return {
      onText: (text) => {
        begin();
        this.trace.recordText(text);
        onText(text);
      },
      onReasoning: (text) => {
        this.trace.recordText(text);
        onReasoning?.(text);
      },
      onToolCall: (delta) => {
        begin();
        this.trace.recordText(delta.arguments);
        onToolCall?.(delta);
      },
    };
  }

  private start({ model }: ModelRequest, call: ModelCall): void {
    if (this.started) return;
    call.recordFirstText();
    this.listener.onStart(this.provider.id, model);
    this.started = true;
  }
}

function toGeneratedText({ content, reasoning = '', toolCalls = [] }: ModelAnswer): string {
  return [content, reasoning, ...toolCalls.map((call) => call.arguments)].join('');
}
