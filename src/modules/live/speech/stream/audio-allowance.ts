/** Audio that may arrive at once, beyond the time that has passed. */
const BURST_MS = 30_000;

/** Limits the audio of a client to real time: transcriptions cost money. */
export class AudioAllowance {
  private receivedMs = 0;

  constructor(private readonly startedAt: number) {}

  /** Returns whether audio of this duration may still arrive at a time. Counts it when it may. */
  take(durationMs: number, now: number): boolean {
    if (this.receivedMs + durationMs > now - this.startedAt + BURST_MS) return false;
    this.receivedMs += durationMs;
    return true;
  }
}
