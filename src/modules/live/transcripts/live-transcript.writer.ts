import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { LiveSessionEndings } from '../sessions/index.js';
import { MAX_TURN_LENGTH, type TranscriptRole } from './live-transcript.rules.js';
import { LiveTurnRepository } from './persistence/live-turn.repository.js';

export interface LiveTurn {
  turn_id: string;
  role: TranscriptRole;
  /** What the user said, or heard. */
  text: string;
  /** What the AI generated, if the user did not hear all of it. */
  generated_text?: string | null;
  started_at: Date;
  ended_at: Date | null;
}

/** Stores the turns of sessions as they happen, so that a transcript exists also when the client vanishes. */
@Injectable()
export class LiveTranscriptWriter implements OnModuleInit {
  constructor(
    private readonly turns: LiveTurnRepository,
    private readonly endings: LiveSessionEndings,
    private readonly clock: Clock,
  ) {}

  /** Closes the transcript of a session in the transaction that ends the session. */
  onModuleInit(): void {
    this.endings.onEnding((sessions) => this.turns.close(sessions.map(({ id }) => id)));
  }

  /**
   * Stores a turn; a turn with the same `turn_id` is replaced. Also after the end of the session. Returns the id of the
   * transcript, or null when none is kept: of an embedded session, when the organization that pays keeps none, when the session
   * is gone, and after 5,000 turns. Texts are cut after 8,000 characters.
   */
  async appendTurn(sessionId: string, turn: LiveTurn): Promise<string | null> {
    const stored = {
      ...turn,
      text: cut(turn.text),
      generated_text:
        turn.generated_text === undefined ? null : turn.generated_text && cut(turn.generated_text),
    };
    const id = await this.turns.append(newId(), sessionId, stored, this.clock.now());
    return id ?? null;
  }

  /** Returns the latest turns of a session, oldest first; none when no transcript is kept. */
  async listLatestTurns(sessionId: string, limit: number): Promise<{ role: TranscriptRole; text: string }[]> {
    return (await this.turns.listLatest(sessionId, limit)).reverse();
  }
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
function cut(text: string): string {
  return text.slice(0, MAX_TURN_LENGTH).replaceAll('\0', '').toWellFormed();
}
