import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';
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
  @ResponseField('string', 'note')
  type!: string;

  @ResponseIdField()
  id!: string;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseField('string', 'Meeting of May')
  title!: string;

  @ResponseField('string', 'We agreed to ship in June.')
  snippet!: string;
}

@ApiSchema({ name: 'MessageUsage' })
export class MessageUsageResponse {
  @ResponseField('integer', 120)
  input_tokens!: number;

  @ResponseField('integer', 80)
  output_tokens!: number;

  @ResponseField('integer', 200)
  total_tokens!: number;
}

@ApiSchema({ name: 'ConversationMessage' })
export class ConversationMessageResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  conversation_id!: string;

  @ResponseField('string', 'assistant', { enum: MESSAGE_ROLES })
  role!: MessageRole;

  @ResponseField('string', 'Here is a structured learning plan for your team...')
  content!: string;

  @ResponseField('string', 'openai', {
    nullable: true,
    description: 'Provider of the answer; null for messages of users.',
  })
  provider!: string | null;

  @ResponseField('string', 'gpt-5-mini', { nullable: true })
  model!: string | null;

  @ResponseField('string', 'stop', {
    nullable: true,
    enum: FINISH_REASONS,
    description: 'Why the answer ended; null for messages of users.',
  })
  finish_reason!: FinishReason | null;

  @ResponseField('boolean', true, {
    description: 'False for an answer that was truncated, filtered or stopped, or that failed.',
  })
  complete!: boolean;

  @ResponseListField(() => MessageSourceResponse)
  sources!: MessageSource[];

  @ResponseField(() => MessageUsageResponse, undefined, { nullable: true })
  usage!: MessageUsage | null;

  @ResponseTimestampField()
  created_at!: string;

  static from(row: Message): ConversationMessageResponse {
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
