import type { Source, TokenUsage } from '@/modules/ai/models/language-model.js';
import type { RouteStep } from '@/modules/ai/routing/routing.rules.js';
import {
  type FinishReason,
  MessageSourceResponse,
  MessageUsageResponse,
} from '@/modules/conversations/index.js';
import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsList } from '@/platform/openapi/response-fields.js';

/** An answer that broke off is an error, never an answer. */
export type ChatFinish = Exclude<FinishReason, 'error'>;
const FINISH_REASONS = ['stop', 'length', 'content_filter', 'stopped'] as const satisfies ChatFinish[];

export function usageOf({ inputTokens, outputTokens }: TokenUsage): MessageUsageResponse {
  const total_tokens = inputTokens + outputTokens;
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens };
}

export class RouteStepResponse {
  @Shows('string', 'openai')
  provider!: string;

  @Shows('string', 'gpt-5-mini', { nullable: true })
  model!: string | null;

  @Shows('string', 'answered', { enum: ['answered', 'failed', 'skipped', 'stopped'] })
  outcome!: string;

  @Shows('integer', 1, { description: 'How often it was asked.' })
  attempts!: number;

  @Shows('string', null, { nullable: true, description: 'Why it did not answer.' })
  reason!: string | null;
}

interface Answered {
  asked: string;
  model: string;
  content: string;
  usage: TokenUsage | null;
  finish: ChatFinish;
  sources: Source[];
  route: RouteStep[];
  messageId?: string | null;
  conversationId?: string | null;
}

@ApiSchema({ name: 'ChatResponse' })
export class ChatResponse {
  @Shows('string', 'Here is a structured learning plan for your team …')
  content!: string;

  @Shows('string', 'auto', { description: 'What the request named.' })
  provider!: string;

  @Shows('string', 'gpt-5-mini', { description: 'What really answered.' })
  model!: string;

  @Shows(() => MessageUsageResponse, undefined, {
    nullable: true,
    description: 'Null where it is not reported.',
  })
  usage!: MessageUsageResponse | null;

  @Shows('string', 'stop', {
    enum: FINISH_REASONS,
    description: '`length` and `content_filter`: the provider cut it. `stopped`: you did.',
  })
  finish_reason!: string;

  @ShowsId({ nullable: true, description: 'Of the stored answer; null without a conversation.' })
  message_id!: string | null;

  @ShowsId({ nullable: true })
  conversation_id!: string | null;

  @ShowsList(() => MessageSourceResponse, undefined, 'What the answer quotes.')
  sources!: MessageSourceResponse[];

  @ShowsList(() => RouteStepResponse, undefined, 'Who was asked, and what became of it.')
  route!: RouteStepResponse[];

  static from({ asked, model, content, usage, finish, sources, route, ...of }: Answered): ChatResponse {
    const { messageId = null, conversationId = null } = of;
    return {
      ...{ content, provider: asked, model, usage: usage && usageOf(usage) },
      ...{ finish_reason: finish, message_id: messageId, conversation_id: conversationId },
      ...{ sources, route },
    };
  }
}
