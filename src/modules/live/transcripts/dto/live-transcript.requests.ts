import { ApiSchema } from '@/platform/openapi/index.js';
import {
  EnumField,
  IdField,
  ObjectListField,
  TextField,
  TimestampField,
} from '@/platform/validation/index.js';
import { MAX_TRANSCRIPT_BYTES, TRANSCRIPT_ROLES, type TranscriptRole } from '../live-transcript.rules.js';

/** More turns or longer texts than a transcript can have are refused with 413, not with 400. */
const MAX_REQUEST_TURNS = 12_000;

@ApiSchema({ name: 'TranscriptTurn' })
export class TranscriptTurnRequest {
  @EnumField(TRANSCRIPT_ROLES, { example: 'user' })
  role!: TranscriptRole;

  @TextField({
    min: 0,
    max: MAX_TRANSCRIPT_BYTES,
    example: 'Hello, how are you?',
    description: 'At most 8,000 characters.',
  })
  text!: string;

  @TimestampField({ example: '2026-04-16T10:00:03Z' })
  timestamp!: Date;
}

@ApiSchema({ name: 'SaveLiveTranscriptsRequest' })
export class SaveLiveTranscriptsRequest {
  @TimestampField({ example: '2026-04-16T10:00:00Z' })
  session_started_at!: Date;

  @TimestampField({ example: '2026-04-16T10:05:00Z' })
  session_ended_at!: Date;

  @ObjectListField(() => TranscriptTurnRequest, {
    maxItems: MAX_REQUEST_TURNS,
    description: 'In the order of time; at most 5,000 turns, and 4 MiB of text.',
    example: [
      { role: 'user', text: 'Hello, how are you?', timestamp: '2026-04-16T10:00:03Z' },
      { role: 'ai', text: 'Fine, thank you.', timestamp: '2026-04-16T10:00:06Z' },
    ],
  })
  transcripts!: TranscriptTurnRequest[];

  @IdField({
    optional: true,
    nullable: true,
    description:
      'One of your live sessions. If the server has kept its transcript, that one is the response.',
  })
  session_id?: string | null;
}
