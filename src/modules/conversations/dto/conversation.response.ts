import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import type { Conversation } from '../persistence/conversation.entity.js';

@ApiSchema({ name: 'ConversationResponse' })
export class ConversationResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'Learning plan for my team')
  title!: string;

  @Shows('string', 'auto', { nullable: true })
  provider!: string | null;

  @Shows('object', { course: 'B1' })
  metadata!: Record<string, unknown>;

  @Shows('integer', 2)
  message_count!: number;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  updated_at!: string;

  static from(row: Conversation): ConversationResponse {
    const { id, title, provider, metadata, message_count } = row;
    const times = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
    return { id, title, provider, metadata, message_count, ...times };
  }
}
