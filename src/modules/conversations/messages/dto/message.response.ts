import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import {
  FINISH_REASONS,
  type FinishReason,
  isComplete,
  MESSAGE_ROLES,
  type MessageRole,
  type MessageSource,
  type MessageUsage,
} from '../message.rules.js';
import type { Message } from '../persistence/message.entity.js';

@ApiSchema({ name: 'MessageSource' })
export class MessageSourceResponse {
  @Shows('string', 'note')
  type!: string;

  @ShowsId()
  id!: string;

  @ShowsId({ nullable: true })
  conversation_id!: string | null;

  @Shows('string', 'Meeting of May')
  title!: string;

  @Shows('string', 'We agreed to ship in June.')
  snippet!: string;
}

@ApiSchema({ name: 'MessageUsage' })
export class MessageUsageResponse {
  @Shows('integer', 120)
  input_tokens!: number;

  @Shows('integer', 80)
  output_tokens!: number;

  @Shows('integer', 200)
  total_tokens!: number;
}

@ApiSchema({ name: 'ConversationMessage' })
export class ConversationMessageResponse {
  @ShowsId()
  id!: string;

  @ShowsId()
  conversation_id!: string;

  @Shows('string', 'assistant', { enum: MESSAGE_ROLES })
  role!: MessageRole;

  @Shows('string', 'Here is a structured learning plan for your team...')
  content!: string;

  @Shows('string', 'openai', { nullable: true, description: 'Who answered.' })
  provider!: string | null;

  @Shows('string', 'gpt-5-mini', { nullable: true })
  model!: string | null;

  @Shows('string', 'stop', {
    nullable: true,
    enum: FINISH_REASONS,
    description: 'Why an answer ended; null for turns of the user.',
  })
  finish_reason!: FinishReason | null;

  @Shows('boolean', true, { description: 'False for an answer that was cut, stopped or broke off.' })
  complete!: boolean;

  @ShowsList(() => MessageSourceResponse)
  sources!: MessageSource[];

  @Shows(() => MessageUsageResponse, undefined, { nullable: true })
  usage!: MessageUsage | null;

  @ShowsInstant()
  created_at!: string;

  static from(row: Message): ConversationMessageResponse {
    // Fifty times a page: a plain literal costs a fraction of spreading.
    return {
      id: row.id,
      conversation_id: row.conversation_id,
      role: row.role,
      content: row.content,
      provider: row.provider,
      model: row.model,
      finish_reason: row.finish_reason,
      complete: isComplete(row.finish_reason),
      sources: row.sources,
      usage: row.usage,
      created_at: row.created_at.toISOString(),
    };
  }
}
