export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One question to one model. */
export interface ModelRequest {
  model: string;
  /** Oldest first; the last one is the user's. */
  messages: readonly ModelMessage[];
  /** The answer may have at most so many tokens. Absent: the provider's own limit. */
  maxTokens?: number;
  /** Whose notes and conversations the answer may draw on; for models that need it. */
  requester: Requester;
}

/** Who asks, and what of theirs must not count as an answer. */
interface Requester {
  userId: string;
  organizationId: string | null;
  keyId: string | null;
  hasSecondFactor: boolean;
  /** The conversation this turn belongs to. */
  conversationId: string | null;
}

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Why an answer ended. `stop`: the model was done. */
export type ModelFinishReason = 'stop' | 'length' | 'content_filter';

/** Where a sentence of an answer comes from. */
export interface AnswerSource {
  type: string;
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
}

export interface ModelAnswer {
  content: string;
  /** The model that answered, as the provider names it; the one asked for where it does not. */
  model: string;
  finishReason: ModelFinishReason;
  /** Null where the provider reports none. */
  usage: TokenUsage | null;
  sources: AnswerSource[];
}

/** What there is to say of an answer when its text is there. */
export type AnswerMetadata = Omit<ModelAnswer, 'content'>;

/** Takes the next piece of an answer, never empty; one or many tokens. */
export type OnText = (text: string) => void;

/**
 * A provider's models, behind its own protocol. Both calls throw a {@link ModelFailure} and nothing else, unless
 * `signal` aborts; aborting also ends the request to the provider. An answer that does not arrive whole is a
 * failure. `stream` calls `tell` as the answer arrives, before it resolves and never after it threw: calls cost far less than the
 * promises of an iterator, for each of very many tokens.
 */
export interface LanguageModel {
  generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  stream(request: ModelRequest, signal: AbortSignal, onText: OnText): Promise<AnswerMetadata>;
}

/** A provider as the router and the list of providers see it. */
export interface Provider extends LanguageModel {
  readonly id: string;
  readonly name: string;
  /** What it offers now, its default first. Throws a {@link ModelFailure} where it has to be asked and does not answer. */
  models(): Promise<readonly string[]>;
}
