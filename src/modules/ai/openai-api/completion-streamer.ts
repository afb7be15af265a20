import { toStorableText } from '@/modules/conversations/index.js';
import type {
  StatelessAbortReason,
  StatelessGeneration,
} from '../generations/stateless-generation-runner.js';
import type { TokenUsage } from '../models/language-model.js';
import type { ToolCallDelta } from '../models/model-options.js';
import type { ModelRouter } from '../routing/model-router.js';
import type { RouteStep } from '../routing/routing.rules.js';
import { CompletionStream } from './completion-stream.js';
import { toFinishReason, toUsage } from './completion.rules.js';
import { ChatCompletionChunk, CompletionDelta } from './dto/chat-completion-chunk.response.js';
import type { CompletionFinishReason } from './dto/chat-completion.response.js';
import { ReasoningStream } from './reasoning-stream.js';

/**
 * A model may think for minutes before its first token. After this time the response begins, and comments keep its
 * connection open; a failure can have no status of its own then.
 */
const OPEN_AFTER_MS = 15_000;

interface CompletionEnd {
  finishReason: CompletionFinishReason;
  usage: TokenUsage;
}

/**
 * Streams one answer in chunks. Until its first content another provider may take over; after it none. Thinking is no
 * content: it is sent while it arrives, and that of the next provider follows it.
 */
export class CompletionStreamer {
  readonly source = new CompletionStream((reason) => this.abortWith(reason));
  private model = '';
  private generation: StatelessGeneration | undefined;
  private hasBegun = false;
  private readonly reasoning = new ReasoningStream();
  private abortReason: StatelessAbortReason | undefined;
  private abort: ((reason: StatelessAbortReason) => void) | undefined;

  constructor(
    private readonly identity: { id: string; created: number },
    private readonly includesUsage: boolean,
  ) {}

  get steps(): readonly RouteStep[] {
    return this.generation?.trace.steps ?? [];
  }

  onStart(abort: (reason: StatelessAbortReason) => void): void {
    this.abort = abort;
    if (this.abortReason) abort(this.abortReason);
  }

  /** Sends the content of the answer while it arrives, and returns how it ended. */
  async run(router: ModelRouter, generation: StatelessGeneration): Promise<CompletionEnd> {
    const { prompt, trace, accumulator, signal } = generation;
    this.generation = generation;
    const opening = setTimeout(() => this.source.open(), OPEN_AFTER_MS).unref();
    try {
      const { answer } = await router.stream(trace, prompt, signal, {
        canRestart: false,
        onAttempt: () => this.reasoning.startAttempt(),
        onStart: (provider, model) => (this.model = `${provider}/${model}`),
        onText: (text) => this.sendText(text),
        onReasoning: (text) => this.sendReasoning(text),
        onToolCall: (delta) => this.sendToolCall(delta),
      });
      return { finishReason: toFinishReason(answer), usage: toUsage(accumulator) };
    } finally {
      clearTimeout(opening);
    }
  }

  complete({ finishReason, usage }: CompletionEnd): void {
    this.begin('');
    this.sendDelta({}, finishReason);
    if (this.includesUsage)
      this.source.send(ChatCompletionChunk.ofUsage({ ...this.identity, model: this.model }, usage));
    this.source.complete();
  }

  private sendText(text: string): void {
    const content = toStorableText(text);
    this.begin('');
    if (content !== '') this.sendDelta({ content });
  }

  private sendToolCall(delta: ToolCallDelta): void {
    this.begin(null);
    this.sendDelta(CompletionDelta.ofToolCall(delta));
  }

  private sendReasoning(text: string): void {
    if (this.generation?.accumulator.keepsReasoning !== true) return;
    const reasoning_content = this.reasoning.append(text);
    if (reasoning_content === '') return;
    const { steps, requestedModel } = this.generation.trace;
    this.model = `${steps.at(-1)?.provider}/${requestedModel}`;
    this.begin('');
    this.sendDelta({ reasoning_content });
  }

  private begin(content: '' | null): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.sendDelta({ role: 'assistant', content });
  }

  private sendDelta(delta: CompletionDelta, finishReason: CompletionFinishReason | null = null): void {
    const chunk = ChatCompletionChunk.from({ ...this.identity, model: this.model }, delta, finishReason);
    this.source.send(this.includesUsage ? { ...chunk, usage: null } : chunk);
  }

  private abortWith(reason: StatelessAbortReason): void {
    this.abortReason ??= reason;
    this.abort?.(reason);
  }
}
