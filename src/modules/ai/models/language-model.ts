import type { GroundedQuestion } from '@/modules/ai/grounding/grounding.js';
import type { MessageSource } from '@/modules/conversations/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { AnswerFlow } from './answer-flow.js';
import type { ModelFeature, ModelOptions, ToolCall, ToolCallDelta } from './model-options.js';

/** One turn of a prompt. */
export interface ModelMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  /** The tools that the model called in this turn of the assistant, at least one. */
  toolCalls?: readonly ToolCall[];
  /** The id of the call whose result a message with the role `tool` is. */
  toolCallId?: string;
}

/** One prompt for one model. */
export interface ModelRequest {
  model: string;
  /** Oldest first. */
  messages: readonly ModelMessage[];
  options?: ModelOptions | undefined;
  /** Limit for the answer, in tokens. Absent: the limit of the provider. */
  maxTokens?: number | undefined;
  /**
   * Asked before a request is repeated without what the provider refused: false when the question may send no further
   * request. Absent: never repeated.
   */
  takeRepeat?: () => boolean;
  /** Used by the built-in provider, which quotes texts of this user. */
  requester: Requester;
  /** Pauses the answer while it arrives, if the provider is reached over HTTP. */
  flow?: AnswerFlow | undefined;
  /** The passages of a grounded question. The built-in provider quotes only these. */
  grounding?: Pick<GroundedQuestion, 'sources' | 'earlierQuestions'> | undefined;
}

/** The user whose texts may be quoted, with the rights of the request. */
export interface Requester {
  userId: string;
  organizationId: OrganizationId | null;
  keyId: string | null;
  hasSecondFactor: boolean;
  /** The conversation of the prompt; its last user message is not quoted. */
  conversationId: string | null;
}

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Why an answer ended. `stop`: the model has finished. */
export type ModelFinishReason = 'stop' | 'length' | 'content_filter';

/** A text that an answer quotes. */
export type AnswerSource = MessageSource;

export interface ModelAnswer {
  content: string;
  /** The name of the model as the provider reports it; else the requested name. */
  model: string;
  finishReason: ModelFinishReason;
  /** Null when the provider does not report it. */
  usage: TokenUsage | null;
  sources: AnswerSource[];
  /** The tools that the client should call, with which the answer ends. Absent: none. */
  toolCalls?: readonly ToolCall[];
  /** The thinking of the model, which is no part of the content. Absent: none was received. */
  reasoning?: string;
}

/** Everything of a finished answer but its text and its thinking. */
export type AnswerMetadata = Omit<ModelAnswer, 'content' | 'reasoning'>;

/** Receives an answer while it arrives. No text and no thinking is empty. */
export interface AnswerListener {
  /** The next part of the answer: one or more tokens. */
  onText: (text: string) => void;
  /** The next part of the thinking, which is no part of the answer. */
  onReasoning?: ((text: string) => void) | undefined;
  /** The next part of a tool call. Called only for a request with tools. */
  onToolCall?: ((delta: ToolCallDelta) => void) | undefined;
}

/**
 * The models of a provider. Both calls throw only a {@link ModelFailure}, or the reason of `signal` when it aborts;
 * aborting also ends the request to the provider. An incomplete answer is a failure. `stream` calls its listener before
 * it resolves and never after it has thrown. It is a listener because an iterator would cost one promise a token.
 */
export interface LanguageModel {
  generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  stream(request: ModelRequest, signal: AbortSignal, listener: AnswerListener): Promise<AnswerMetadata>;
}

/** A provider with its models. */
export interface Provider extends LanguageModel {
  readonly id: string;
  readonly name: string;
  readonly features: ReadonlySet<ModelFeature>;
  /** Returns the offered models, the default first. Throws a {@link ModelFailure} when the list cannot be fetched. */
  models(): Promise<readonly string[]>;
}
