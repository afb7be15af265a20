import type { LiveRole } from '../channel/live-events.js';
import type { SpokenText } from './live-turn.js';

/** A turn as it is stored. */
export interface RecordedTurn {
  turn_id: string;
  role: LiveRole;
  /** What was said, or heard. */
  text: string;
  /** What the model has written, if not all of it was heard. */
  generated_text: string | null;
  started_at: Date;
  ended_at: Date;
}

/** Stores the turns of sessions, and reads them when a session goes on in another process. */
export abstract class TurnRecorder {
  abstract appendTurn(sessionId: string, turn: RecordedTurn): Promise<unknown>;
  /** Returns the latest turns that are stored, oldest first; none when the session keeps no transcript. */
  abstract listLatestTurns(sessionId: string, limit: number): Promise<SpokenText[]>;
}
