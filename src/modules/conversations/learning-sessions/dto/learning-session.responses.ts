import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import { durationOf } from '../learning-session.rules.js';
import type { LearningSession } from '../persistence/learning-session.entity.js';

@ApiSchema({ name: 'LearningSessionResponse' })
export class LearningSessionResponse {
  @ShowsId()
  session_id!: string;

  @ShowsId()
  conversation_id!: string;

  @Shows('string', 'active', { enum: ['active', 'ended'] })
  status!: 'active' | 'ended';

  @ShowsInstant()
  started_at!: string;

  @ShowsInstant()
  last_activity_at!: string;

  @ShowsInstant({ nullable: true })
  ended_at!: string | null;

  @Shows('integer', 840, { description: 'Up to now while it is active.' })
  duration_seconds!: number;

  static from(row: LearningSession, now: Date): LearningSessionResponse {
    const { id, conversation_id, started_at, last_activity_at, ended_at } = row;
    return {
      session_id: id,
      conversation_id,
      status: ended_at === null ? 'active' : 'ended',
      started_at: started_at.toISOString(),
      last_activity_at: last_activity_at.toISOString(),
      ended_at: ended_at && ended_at.toISOString(),
      duration_seconds: durationOf(row, now),
    };
  }
}

@ApiSchema({ name: 'NoLearningSessionResponse' })
export class NoLearningSessionResponse {
  @Shows('string', 'inactive', { enum: ['inactive'] })
  status!: 'inactive';
}
