import type { AnswerSource, TokenUsage } from '@/modules/ai/models/language-model.js';
import type { RouteStep } from '@/modules/ai/routing/routing.rules.js';
import {
  type FinishReason,
  MessageSourceResponse,
  MessageUsageResponse,
} from '@/modules/conversations/index.js';
import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/response-fields.js';

/** An answer that broke off is an error, never an answer. */
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

  @ResponseField('integer', 1, { description: 'How often it was asked.' })
  attempts!: number;

  @ResponseField('string', null, { nullable: true, description: 'Why it did not answer.' })
  reason!: string | null;
}

interface ChatAnswer {
  requestedName: string;
  model: string;
  content: string;
  usage: TokenUsage | null;
  finishReason: ChatFinishReason;
  sources: AnswerSource[];
  route: RouteStep[];
  messageId?: string | null;
  conversationId?: string | null;
}

@ApiSchema({ name: 'ChatResponse' })
export class ChatResponse {
  @ResponseField('string', 'Here is a structured learning plan for your team …')
  content!: string;

  @ResponseField('string', 'auto', { description: 'What the request named.' })
  provider!: string;

  @ResponseField('string', 'gpt-5-mini', { description: 'What really answered.' })
  model!: string;

  @ResponseField(() => MessageUsageResponse, undefined, {
    nullable: true,
    description: 'Null where it is not reported.',
  })
  usage!: MessageUsageResponse | null;

  @ResponseField('string', 'stop', {
    enum: FINISH_REASONS,
    description: '`length` and `content_filter`: the provider cut it. `stopped`: you did.',
  })
  finish_reason!: string;

  @ResponseIdField({ nullable: true, description: 'Of the stored answer; null without a conversation.' })
  message_id!: string | null;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseListField(() => MessageSourceResponse, undefined, 'What the answer quotes.')
  sources!: MessageSourceResponse[];

  @ResponseListField(() => RouteStepResponse, undefined, 'Who was asked, and what became of it.')
  route!: RouteStepResponse[];

  static from({
    requestedName,
    model,
    content,
    usage,
    finishReason,
    sources,
    route,
    ...ids
  }: ChatAnswer): ChatResponse {
    const { messageId = null, conversationId = null } = ids;
    return {
      ...{ content, provider: requestedName, model, usage: usage && toUsageResponse(usage) },
      ...{ finish_reason: finishReason, message_id: messageId, conversation_id: conversationId },
      ...{ sources, route },
    };
  }
}
