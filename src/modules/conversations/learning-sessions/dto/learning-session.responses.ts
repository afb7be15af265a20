import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { durationSeconds } from '../learning-session.rules.js';
import type { LearningSession } from '../persistence/learning-session.entity.js';

@ApiSchema({ name: 'LearningSessionResponse' })
export class LearningSessionResponse {
  @ResponseIdField()
  session_id!: string;

  @ResponseIdField()
  conversation_id!: string;

  @ResponseField('string', 'active', { enum: ['active', 'ended'] })
  status!: 'active' | 'ended';

  @ResponseTimestampField()
  started_at!: string;

  @ResponseTimestampField()
  last_activity_at!: string;

  @ResponseTimestampField({ nullable: true })
  ended_at!: string | null;

  @ResponseField('integer', 840, {
    description: 'Seconds from the start to the end, or to now while the session is active.',
  })
  duration_seconds!: number;

  static from(row: LearningSession, now: Date): LearningSessionResponse {
    const { id, conversation_id, started_at, last_activity_at, ended_at } = row;
    return {
      session_id: id,
      conversation_id,
      status: ended_at === null ? 'active' : 'ended',
      started_at: started_at.toISOString(),
      last_activity_at: last_activity_at.toISOString(),
      ended_at: ended_at?.toISOString() ?? null,
      duration_seconds: durationSeconds(row, now),
    };
  }
}

@ApiSchema({ name: 'NoLearningSessionResponse' })
export class NoLearningSessionResponse {
  @ResponseField('string', 'inactive', { enum: ['inactive'] })
  status!: 'inactive';
}
