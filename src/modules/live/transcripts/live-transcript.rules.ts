import { invalidField, platformErrors } from '@/platform/errors/index.js';

export const TRANSCRIPT_ROLES = ['user', 'ai'] as const;
export type TranscriptRole = (typeof TRANSCRIPT_ROLES)[number];

/** `server`: stored turn by turn while the session was running. `client`: saved by a client, which can have made it up. */
export const TRANSCRIPT_ORIGINS = ['server', 'client'] as const;
export type TranscriptOrigin = (typeof TRANSCRIPT_ORIGINS)[number];

export const MAX_TURNS = 5_000;
/** Characters of a turn. */
export const MAX_TURN_LENGTH = 8_000;
/** Bytes of all texts of a transcript. */
export const MAX_TRANSCRIPT_BYTES = 4 * 1024 * 1024;

export interface SavedTurn {
  role: TranscriptRole;
  text: string;
  timestamp: Date;
}

/** Throws 413 `body_too_large`, naming the limit that the turns exceed. */
export function assertTranscriptSize(turns: readonly SavedTurn[]): void {
  const field = 'transcripts';
  if (turns.length > MAX_TURNS)
    throw platformErrors.body_too_large({ data: { field, max_turns: MAX_TURNS } });
  const long = turns.findIndex(({ text }) => text.length > MAX_TURN_LENGTH);
  if (long >= 0)
    throw platformErrors.body_too_large({
      data: { field: `${field}.${long}.text`, max_characters: MAX_TURN_LENGTH },
    });
  const bytes = turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > MAX_TRANSCRIPT_BYTES)
    throw platformErrors.body_too_large({ data: { field, max_bytes: MAX_TRANSCRIPT_BYTES } });
}

/** Throws 400 when the session ends before it starts, or a turn is earlier than the turn before it. */
export function assertInOrderOfTime(started: Date, ended: Date, turns: readonly SavedTurn[]): void {
  if (ended < started)
    throw invalidField('session_ended_at', 'order', 'must not be before session_started_at');
  const early = turns.findIndex((turn, index) => turn.timestamp < (turns[index - 1] ?? turn).timestamp);
  if (early >= 0)
    throw invalidField(`transcripts.${early}.timestamp`, 'order', 'must not be before the turn before it');
}
