import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { TRANSCRIPT_ORIGINS, TRANSCRIPT_ROLES } from '../live-transcript.rules.js';
import type { LiveTranscriptRow, LiveTranscriptTurnRow } from '../persistence/live-transcript.repository.js';

@ApiSchema({ name: 'LiveTranscriptResponse' })
export class LiveTranscriptResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField({ nullable: true })
  session_id!: string | null;

  @ResponseField('string', 'server', {
    enum: TRANSCRIPT_ORIGINS,
    description: '`server`: kept by the server during the session. `client`: saved by a client.',
  })
  origin!: string;

  @ResponseTimestampField()
  session_started_at!: string;

  @ResponseTimestampField({ nullable: true, description: 'Null while the session is active.' })
  session_ended_at!: string | null;

  @ResponseField('integer', 300, { nullable: true, description: 'Null while the session is active.' })
  duration_seconds!: number | null;

  @ResponseField('integer', 2)
  turn_count!: number;

  @ResponseTimestampField()
  created_at!: string;

  static from(row: LiveTranscriptRow): LiveTranscriptResponse {
    const { session_started_at: started, session_ended_at: ended } = row;
    return {
      id: row.id,
      session_id: row.session_id,
      origin: row.origin,
      session_started_at: started.toISOString(),
      session_ended_at: ended?.toISOString() ?? null,
      duration_seconds: ended && Math.floor((ended.getTime() - started.getTime()) / 1000),
      turn_count: row.turn_count,
      created_at: row.created_at.toISOString(),
    };
  }
}

@ApiSchema({ name: 'TranscriptTurnResponse' })
export class TranscriptTurnResponse {
  @ResponseField('string', 'ai', { enum: TRANSCRIPT_ROLES })
  role!: string;

  @ResponseField('string', 'Hello, I am fine.', { description: 'What the user said, or heard.' })
  text!: string;

  @ResponseTimestampField({ description: 'When the turn began.' })
  timestamp!: string;

  @ResponseTimestampField({ nullable: true, description: 'Null in transcripts of clients.' })
  ended_at!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    description: 'What the AI was about to say, if the user interrupted it.',
  })
  generated_text!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    description: 'The id of the turn in the events of the socket.',
  })
  turn_id!: string | null;

  static from(row: LiveTranscriptTurnRow): TranscriptTurnResponse {
    return {
      role: row.role,
      text: row.text,
      timestamp: row.started_at.toISOString(),
      ended_at: row.ended_at?.toISOString() ?? null,
      generated_text: row.generated_text,
      turn_id: row.turn_id,
    };
  }
}

@ApiSchema({ name: 'LiveTranscriptDetailResponse' })
export class LiveTranscriptDetailResponse extends LiveTranscriptResponse {
  @ResponseListField(() => TranscriptTurnResponse)
  transcripts!: TranscriptTurnResponse[];

  static withTurns(
    row: LiveTranscriptRow,
    turns: readonly LiveTranscriptTurnRow[],
  ): LiveTranscriptDetailResponse {
    return {
      ...LiveTranscriptResponse.from(row),
      transcripts: turns.map((turn) => TranscriptTurnResponse.from(turn)),
    };
  }
}
