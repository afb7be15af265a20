import type { Refusal } from '../errors/refusal.js';
import type { ModelMessage, ModelRequest } from '../language-model.js';
import type { Capabilities, TokenParameter } from './capabilities.js';
import type { LearntCapabilities } from './capability-memory.js';

/** No smaller limit for an answer is learnt or derived from a refusal, in tokens. */
const MIN_LEARNT_TOKENS = 256;
/** A prompt that is cut to the stated context keeps this share of it: tokens are estimated from characters. */
const SAFE_SHARE = 0.8;
/** A low estimate, so that a limit for an answer is rather too small than refused again. */
const BYTES_PER_TOKEN = 3;
const TOKENS_PER_MESSAGE = 8;

/** The parts of a protocol that decide how a request is adapted. */
export interface ProtocolTraits {
  tokenParameters: readonly TokenParameter[];
  defaultMaxTokens?: number;
}

/**
 * A request in the form in which it is sent, and what would be learnt if it is answered. Each refusal changes it by one
 * step that cannot be repeated, so the number of changes is bounded.
 */
export class AdaptedRequest {
  private constructor(
    private readonly traits: ProtocolTraits,
    readonly request: ModelRequest,
    readonly capabilities: Capabilities,
    readonly learnt: LearntCapabilities,
  ) {}

  static from(request: ModelRequest, capabilities: Capabilities, traits: ProtocolTraits): AdaptedRequest {
    const limit = request.maxTokens ?? traits.defaultMaxTokens;
    if (limit === undefined) return new AdaptedRequest(traits, request, capabilities, {});
    const maxTokens = limitAnswer(limit, request.messages, capabilities);
    return new AdaptedRequest(traits, { ...request, maxTokens }, capabilities, {});
  }

  /** The name under which the limit is sent; undefined when the protocol has only one. */
  get tokenParameter(): TokenParameter | undefined {
    return this.capabilities.tokenParameter ?? this.traits.tokenParameters[0];
  }

  get hasSystemMessage(): boolean {
    return this.capabilities.systemRole && this.request.messages.some(({ role }) => role === 'system');
  }

  /** Returns the request without the refused part; undefined when nothing is left to change. */
  without(refusal: Refusal): AdaptedRequest | undefined {
    switch (refusal.part) {
      case 'stream_options':
        return this.capabilities.streamOptions ? this.withCapability({ streamOptions: false }) : undefined;
      case 'system_role':
        return this.hasSystemMessage ? this.withCapability({ systemRole: false }) : undefined;
      case 'token_parameter':
        return this.withOtherTokenParameter();
      case 'answer_size':
        return this.withSmallerAnswer(refusal.largest);
      case 'context':
        return this.withinContext(refusal.contextTokens, refusal.promptTokens);
    }
  }

  private withCapability(change: Partial<Capabilities>): AdaptedRequest {
    return this.with({}, change, change);
  }

  private withOtherTokenParameter(): AdaptedRequest | undefined {
    const { tokenParameter } = this;
    const other = this.traits.tokenParameters.find((name) => name !== tokenParameter);
    return other === undefined || this.learnt.tokenParameter !== undefined
      ? undefined
      : this.withCapability({ tokenParameter: other });
  }

  /** Lowers the limit to the stated size, else to half. */
  private withSmallerAnswer(largest: number | undefined): AdaptedRequest | undefined {
    const { maxTokens } = this.request;
    if (maxTokens === undefined || maxTokens <= MIN_LEARNT_TOKENS) return undefined;
    const isUsable = largest !== undefined && largest >= MIN_LEARNT_TOKENS && largest < maxTokens;
    const lowered = isUsable ? largest : Math.max(MIN_LEARNT_TOKENS, Math.floor(maxTokens / 2));
    return this.with({ maxTokens: lowered }, { maxAnswerTokens: lowered }, { maxAnswerTokens: lowered });
  }

  /** Lowers the limit for the answer when the prompt alone fits, else leaves out the oldest turns. */
  private withinContext(contextTokens?: number, promptTokens?: number): AdaptedRequest | undefined {
    const { maxTokens } = this.request;
    const learnt = contextTokens === undefined ? {} : { contextTokens };
    const room = contextTokens !== undefined && promptTokens !== undefined ? contextTokens - promptTokens : 0;
    if (room >= MIN_LEARNT_TOKENS && maxTokens !== undefined && room < maxTokens)
      return this.with({ maxTokens: room }, {}, learnt);
    const share =
      contextTokens !== undefined && promptTokens !== undefined
        ? Math.min(0.5, (contextTokens / promptTokens) * SAFE_SHARE)
        : 0.5;
    const messages = withoutOldestTurns(this.request.messages, share);
    return messages && this.with({ messages }, {}, learnt);
  }

  private with(
    request: Partial<ModelRequest>,
    capabilities: Partial<Capabilities>,
    learnt: LearntCapabilities,
  ): AdaptedRequest {
    return new AdaptedRequest(
      this.traits,
      { ...this.request, ...request },
      { ...this.capabilities, ...capabilities },
      { ...this.learnt, ...learnt },
    );
  }
}

/** Returns the limit for the answer within what the endpoint takes. */
function limitAnswer(
  limit: number,
  messages: readonly ModelMessage[],
  { maxAnswerTokens = Infinity, contextTokens }: Capabilities,
): number {
  const taken = Math.min(limit, maxAnswerTokens);
  if (contextTokens === undefined) return taken;
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const room = contextTokens - Math.ceil(bytes / BYTES_PER_TOKEN) - messages.length * TOKENS_PER_MESSAGE;
  return room >= MIN_LEARNT_TOKENS ? Math.min(taken, room) : taken;
}

/**
 * Returns the messages with the newest turns that have this share of the characters, at least the last one; undefined
 * when there is only one turn. System messages stay.
 */
function withoutOldestTurns(messages: readonly ModelMessage[], share: number): ModelMessage[] | undefined {
  const turns = messages.filter(({ role }) => role !== 'system');
  if (turns.length <= 1) return undefined;
  let left = countCharacters(turns) * share;
  const kept = new Set<ModelMessage>(turns.slice(-1));
  left -= countCharacters(turns.slice(-1));
  for (const turn of turns.slice(1, -1).reverse()) {
    left -= turn.content.length;
    if (left < 0) break;
    kept.add(turn);
  }
  // A result without its call is refused.
  const oldest = turns.findIndex((turn) => kept.has(turn));
  for (const turn of turns.slice(oldest)) {
    if (turn.role !== 'tool') break;
    kept.delete(turn);
  }
  if (kept.size === 0) return undefined;
  return messages.filter((message) => message.role === 'system' || kept.has(message));
}

function countCharacters(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}
