import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { Conversation } from '../persistence/conversation.entity.js';

@ApiSchema({ name: 'ConversationResponse' })
export class ConversationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Learning plan for my team')
  title!: string;

  @ResponseField('string', 'auto', { nullable: true })
  provider!: string | null;

  @ResponseField('object', { course: 'B1' })
  metadata!: Record<string, unknown>;

  @ResponseField('integer', 2)
  message_count!: number;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: Conversation): ConversationResponse {
    return {
      id: row.id,
      title: row.title,
      provider: row.provider,
      metadata: row.metadata,
      message_count: row.message_count,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
