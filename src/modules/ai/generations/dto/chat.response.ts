import type { GroundedAnswer } from '@/modules/ai/grounding/grounded-answer.js';
import type { AnswerSource, TokenUsage } from '@/modules/ai/models/language-model.js';
import type { RouteStep } from '@/modules/ai/routing/routing.rules.js';
import {
  type FinishReason,
  MessageSourceResponse,
  MessageUsageResponse,
} from '@/modules/conversations/index.js';
import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';

/** A generation that fails returns an error, never an answer. */
export type ChatFinishReason = Exclude<FinishReason, 'error'>;
const FINISH_REASONS = ['stop', 'length', 'content_filter', 'stopped'] as const satisfies ChatFinishReason[];

export function toUsageResponse({ inputTokens, outputTokens }: TokenUsage): MessageUsageResponse {
  const total_tokens = inputTokens + outputTokens;
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens };
}

export class RouteStepResponse {
  @ResponseField('string', 'openai')
  provider!: string;

  @ResponseField('string', 'gpt-5-mini', { nullable: true })
  model!: string | null;

  @ResponseField('string', 'answered', { enum: ['answered', 'failed', 'skipped', 'stopped'] })
  outcome!: string;

  @ResponseField('integer', 1, { description: 'How many requests it got.' })
  attempts!: number;

  @ResponseField('string', null, { nullable: true, description: 'Why it did not answer.' })
  reason!: string | null;
}

/** A sentence of an answer from documents. */
@ApiSchema({ name: 'GroundedSentence' })
export class GroundedSentenceResponse {
  @ResponseField('string', 'The deposit is taken off the course fee. [1]')
  text!: string;

  @ResponseListField('integer', [1], 'Numbers of the sources that support the sentence.')
  citations!: number[];

  @ResponseField('boolean', true)
  supported!: boolean;
}

/** Returns the fields about the support of an answer by documents. */
function toGroundingFields({
  supported,
  sentences,
  receiptId,
}: NonNullable<ChatAnswer['grounded']>): Pick<ChatResponse, 'supported' | 'sentences' | 'receipt_id'> {
  return { supported, sentences: [...sentences], receipt_id: supported ? receiptId : null };
}

interface ChatAnswer {
  requestedName: string;
  model: string;
  content: string;
  reasoning?: string | undefined;
  usage: TokenUsage | null;
  finishReason: ChatFinishReason;
  sources: AnswerSource[];
  route: RouteStep[];
  grounded?: Pick<GroundedAnswer, 'supported' | 'sentences' | 'receiptId'> | undefined;
  messageId?: string | null;
  conversationId?: string | null;
}

@ApiSchema({ name: 'ChatResponse' })
export class ChatResponse {
  @ResponseField('string', 'Here is a structured learning plan for your team …')
  content!: string;

  @ResponseField('string', undefined, {
    optional: true,
    description:
      'The thinking of the model, which is no part of `content`. Only if the operator has switched it on and the model sends it.',
  })
  reasoning?: string;

  @ResponseField('string', 'auto', { description: 'The value of the request; `auto` by default.' })
  provider!: string;

  @ResponseField('string', 'gpt-5-mini', { description: 'The model that answered.' })
  model!: string;

  @ResponseField(() => MessageUsageResponse, undefined, {
    nullable: true,
    description: 'Null when the provider does not report it.',
  })
  usage!: MessageUsageResponse | null;

  @ResponseField('string', 'stop', {
    enum: FINISH_REASONS,
    description:
      '`length`, `content_filter`: the provider cut the answer short. `stopped`: a client stopped it.',
  })
  finish_reason!: string;

  @ResponseIdField({
    nullable: true,
    description: 'The id of the stored answer; null without a conversation.',
  })
  message_id!: string | null;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseListField(() => MessageSourceResponse, undefined, 'The texts that the answer quotes.')
  sources!: MessageSourceResponse[];

  @ResponseListField(
    () => RouteStepResponse,
    undefined,
    'The providers that were tried, in order, and the outcome of each.',
  )
  route!: RouteStepResponse[];

  @ResponseField('boolean', true, {
    optional: true,
    description: 'Whether the documents support the answer. Only with `use_knowledge`.',
  })
  supported?: boolean;

  @ResponseListField(
    () => GroundedSentenceResponse,
    undefined,
    'The sentences of the answer with their sources. Only with `use_knowledge`.',
  )
  sentences?: GroundedSentenceResponse[];

  @ResponseIdField({
    optional: true,
    nullable: true,
    description:
      'Receipt of the answer; see `GET /api/rag/receipts/{receipt_id}`. Null without support. Only with `use_knowledge`.',
  })
  receipt_id?: string | null;

  static from({
    grounded,
    requestedName,
    model,
    content,
    reasoning,
    usage,
    finishReason,
    sources,
    route,
    messageId = null,
    conversationId = null,
  }: ChatAnswer): ChatResponse {
    return {
      content,
      ...(reasoning === undefined ? {} : { reasoning }),
      provider: requestedName,
      model,
      usage: usage && toUsageResponse(usage),
      finish_reason: finishReason,
      message_id: messageId,
      conversation_id: conversationId,
      sources,
      route,
      ...(grounded ? toGroundingFields(grounded) : {}),
    };
  }
}
