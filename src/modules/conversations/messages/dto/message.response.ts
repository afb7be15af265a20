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
  @ResponseField('string', 'note', { enum: ['note', 'message', 'document'] })
  type!: MessageSource['type'];

  @ResponseIdField({ optional: true, description: 'The note, the message, or the chunk of the document.' })
  id?: string;

  @ResponseIdField({ optional: true, nullable: true })
  conversation_id?: string | null;

  @ResponseField('string', 'Meeting of May', { optional: true })
  title?: string;

  @ResponseField('string', 'We agreed to ship in June.', { optional: true })
  snippet?: string;

  @ResponseField('integer', 1, { optional: true, description: 'The number in citations. Only of documents.' })
  n?: number;

  @ResponseIdField({ optional: true, description: 'Only of documents.' })
  document_id?: string;

  @ResponseField('string', 'We agreed to ship in June.', {
    optional: true,
    description: 'The quoted text. Only of documents.',
  })
  content?: string;

  @ResponseField('number', 7.2, { optional: true, description: 'Relevance. Only of documents.' })
  score?: number;

  @ResponseField('integer', 3, { optional: true, nullable: true, description: 'Only of documents.' })
  page?: number | null;

  @ResponseField('integer', 120, {
    optional: true,
    description: 'UTF-16 offset in the text of the document. Only of documents.',
  })
  start?: number;

  @ResponseField('integer', 146, { optional: true, description: 'The end, exclusive. Only of documents.' })
  end?: number;

  @ResponseField('string', 'gone', {
    optional: true,
    enum: ['gone'],
    description:
      'The document was deleted, or you may not read it any more. Then only `type` and `n` are shown.',
  })
  state?: 'gone';
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
