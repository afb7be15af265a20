import { toRemainingSeconds } from '@/modules/live/quota/live-quota.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import {
  DISCLOSURE,
  END_REASONS,
  HEARTBEAT_SECONDS,
  type LiveSessionType,
  SESSION_TYPES,
} from '../live-session.rules.js';
import type { EndedLiveSession, LiveSessionRow } from '../persistence/live-session.row.js';

@ApiSchema({ name: 'LiveSessionResponse' })
export class LiveSessionResponse {
  @ResponseIdField()
  session_id!: string;

  @ResponseField('string', 'voice', { enum: SESSION_TYPES })
  session_type!: LiveSessionType;

  @ResponseField('string', 'active', { enum: ['active', 'ended'] })
  status!: 'active' | 'ended';

  @ResponseTimestampField()
  started_at!: string;

  @ResponseTimestampField({ description: 'The last sign of life: a heartbeat, or an answer of the socket.' })
  last_heartbeat_at!: string;

  @ResponseTimestampField({ nullable: true })
  ended_at!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    enum: END_REASONS,
    description: 'Null while the session is active.',
  })
  end_reason!: string | null;

  @ResponseField('integer', 42)
  duration_seconds!: number;

  @ResponseField('integer', 1758, {
    nullable: true,
    description: 'What remains of the month; after the end: what remained then. Null: unlimited.',
  })
  remaining_seconds!: number | null;

  @ResponseField('integer', HEARTBEAT_SECONDS, { description: 'Seconds between two heartbeats.' })
  heartbeat_seconds!: number;

  @ResponseField('string', 'wss://xentree.example/api/live/socket')
  socket_url!: string;

  @ResponseField('string', 'AQsk1v…', {
    nullable: true,
    description: 'Opens the socket once, within 60 seconds: `?ticket=`. Null after the end.',
  })
  socket_ticket!: string | null;

  @ResponseField('string', DISCLOSURE, { description: 'To be shown to the user: the speaker is an AI.' })
  disclosure!: string;

  static active(
    row: LiveSessionRow,
    facts: { now: Date; remainingSeconds: number | null; socketUrl: string; ticket: string | null },
  ): LiveSessionResponse {
    return {
      session_id: row.id,
      session_type: row.session_type,
      status: 'active',
      started_at: row.started_at.toISOString(),
      last_heartbeat_at: row.last_seen_at.toISOString(),
      ended_at: null,
      end_reason: null,
      duration_seconds: secondsBetween(row.started_at, facts.now),
      remaining_seconds: facts.remainingSeconds,
      heartbeat_seconds: HEARTBEAT_SECONDS,
      socket_url: facts.socketUrl,
      socket_ticket: facts.ticket,
      disclosure: DISCLOSURE,
    };
  }

  static ended(row: EndedLiveSession, socketUrl: string): LiveSessionResponse {
    const facts = { now: row.ended_at, remainingSeconds: null, socketUrl, ticket: null };
    return {
      ...LiveSessionResponse.active(row, facts),
      status: 'ended',
      ended_at: row.ended_at.toISOString(),
      end_reason: row.end_reason,
      remaining_seconds: row.remaining_ms === null ? null : toRemainingSeconds(row.remaining_ms),
    };
  }
}

function secondsBetween(from: Date, until: Date): number {
  return Math.max(0, Math.floor((until.getTime() - from.getTime()) / 1000));
}
