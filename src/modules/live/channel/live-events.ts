import type { GroundingSource } from '@/modules/ai/index.js';

/** The speaker of a turn, as in transcripts. */
export type LiveRole = 'user' | 'ai';

/** Why an answer ended. */
export type TurnEndReason = 'completed' | 'interrupted' | 'failed';

/** Why the server ends a session or closes its socket. */
export type LiveEndingReason =
  'ended' | 'idle' | 'quota_exceeded' | 'credentials_ended' | 'replaced' | 'server_restarts' | 'session_gone';

/** Milliseconds of the stages of a turn. A stage that did not take part is null. */
export interface TurnDelays {
  /** From the end of the speech to its text. */
  speech_to_text: number | null;
  /** From the text of the user to the first text of the answer. */
  first_text: number | null;
  /** From the text of the user to the last text of the answer. */
  last_text: number | null;
  /** From the text of the user to the first audio of the answer. */
  first_audio: number | null;
}

/** The data of the events that the server sends, by type. Times are ISO 8601. */
export interface LiveServerEvents {
  'session.ready': {
    session_id: string;
    session_type: 'voice' | 'avatar';
    /** Says that the speaker is an AI. */
    disclosure: string;
    /** Whether the server takes and sends audio. */
    audio: boolean;
    /** Null without a limit. */
    remaining_seconds: number | null;
    idle_seconds: number;
    heartbeat_seconds: number;
  };
  'transcript.partial': LiveTranscriptData;
  'transcript.final': LiveTranscriptData;
  /** `reply_to` is the turn of the user that is answered. */
  'turn.started': { turn_id: string; reply_to: string; started_at: string };
  'ai.text': { turn_id: string; delta: string };
  /** Passages of documents that the next text cites. Those of a turn add up. When it is sent again, a lost one has `n` and `state`. */
  'ai.sources': { turn_id: string; sources: readonly GroundingSource[] };
  'turn.ended': {
    turn_id: string;
    reason: TurnEndReason;
    started_at: string;
    ended_at: string;
    /** What the client has heard or shown of the answer. */
    heard_text: string;
    /** What the model has written. */
    generated_text: string;
    delays: TurnDelays;
  };
  /** The user speaks while the answer plays: the client pauses the audio until `interruption.false` or `turn.ended`. */
  'interruption.started': { turn_id: string };
  /** It was no interruption: the client plays on. */
  'interruption.false': { turn_id: string };
  'avatar.state': { state: 'idle' | 'listening' | 'thinking' | 'speaking' };
  'avatar.visemes': {
    turn_id: string;
    part: number;
    /** The times come from the text, not from the audio. */
    estimated: boolean;
    /** The audio of the part has arrived, so its times are corrected. */
    final: boolean;
    visemes: readonly LiveViseme[];
  };
  /** Another connection to the speech provider carries the audio now. */
  'speech.handover': { reason: 'planned' | 'lost'; gap_ms: number };
  'quota.warning': { remaining_seconds: number };
  'quota.exceeded': { message: string };
  'idle.warning': { remaining_seconds: number };
  'session.ending': { reason: LiveEndingReason };
  'session.resync': { last_seq: number };
  error: { code: string; message: string; field?: string };
  pong: { id?: string };
}

/** The shape of a mouth, from the beginning of the audio of an answer. */
export interface LiveViseme {
  viseme: string;
  start_ms: number;
}

export interface LiveTranscriptData {
  role: LiveRole;
  text: string;
  turn_id: string;
  started_at: string;
  ended_at: string;
}

export type LiveServerEventType = keyof LiveServerEvents;
