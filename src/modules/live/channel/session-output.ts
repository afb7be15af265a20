import type { Clock } from '@/platform/kernel/clock.js';
import type { EventLog } from '../events/event-log.js';
import type { LiveServerEvents, LiveServerEventType } from './live-events.js';

/** Events that concern one socket only, so a client that resumes does not get them. */
const NOT_KEPT: ReadonlySet<LiveServerEventType> = new Set(['session.ready', 'session.resync', 'pong']);

/** Events of a session in which a side speaks. */
const SPOKEN: ReadonlySet<LiveServerEventType> = new Set([
  'transcript.partial',
  'transcript.final',
  'ai.text',
  'interruption.started',
]);

/**
 * Numbers the events of a session, keeps them, and writes them to the socket that the session has now. Sends nothing when another
 * process has the session.
 */
export class SessionOutput {
  /** Writes to the present socket; null without one. */
  writer: ((frame: string) => void) | null = null;
  private spokenAt: number;

  constructor(
    readonly log: EventLog,
    private readonly clock: Clock,
  ) {
    this.spokenAt = clock.millis();
  }

  send<Type extends LiveServerEventType>(type: Type, data: LiveServerEvents[Type]): void {
    if (this.log.isHandedOver) return;
    if (SPOKEN.has(type)) this.markSpoken();
    const seq = this.log.takeSeq();
    const frame = JSON.stringify({ type, seq, data });
    if (!NOT_KEPT.has(type)) this.log.keep({ seq, frame, at: performance.now() });
    this.writer?.(frame);
  }

  /** A side speaks. */
  markSpoken(): void {
    this.spokenAt = this.clock.millis();
  }

  /** Milliseconds since a side has spoken. */
  get silentMs(): number {
    return this.clock.millis() - this.spokenAt;
  }
}
