/** An event as it was sent. */
export interface NumberedFrame {
  seq: number;
  frame: string;
  /** When it was sent, in milliseconds of a clock that never goes back. */
  at: number;
}

/** A client can resume after what it has missed in this time, and of this number of events. */
export const KEPT_MS = 45_000;
export const KEPT_EVENTS = 1_000;

/** Events with the range of numbers that they cover. Some numbers belong to events that are not kept. */
export interface FrameBatch {
  first: number;
  last: number;
  frames: readonly NumberedFrame[];
}

/** The numbered events of one session in this process. */
export class EventLog {
  /** The last attachment whose events are in this log. A log of an older attachment than the last but one misses events. */
  attachment = 0;
  /** Another process continues the numbers: this log has no more events. */
  isHandedOver = false;
  private frames: NumberedFrame[] = [];
  private last: number;
  /** Events up to this number are not kept here. */
  private floor: number;

  /** `lastSeq`: the number of the last event that the session had before; `storedSeq`: of the last one that is stored. */
  constructor(
    readonly sessionId: string,
    lastSeq: number,
    private storedSeq: number,
  ) {
    this.last = lastSeq;
    this.floor = lastSeq;
  }

  get lastSeq(): number {
    return this.last;
  }

  /** Returns the number of the next event. */
  takeSeq(): number {
    this.last += 1;
    return this.last;
  }

  /** Keeps an event for clients that resume. */
  keep(frame: NumberedFrame): void {
    this.frames.push(frame);
    if (this.frames.length > 2 * KEPT_EVENTS) this.trim(frame.at);
  }

  /** Returns the kept events after `seq`; null when some of them are not kept here. */
  eventsAfter(seq: number, now: number): NumberedFrame[] | null {
    this.trim(now);
    return seq < this.floor ? null : this.frames.filter((frame) => frame.seq > seq);
  }

  /** Returns the events that are not stored; null without one. */
  unstored(): FrameBatch | null {
    const frames = this.frames.filter(({ seq }) => seq > this.storedSeq);
    return frames.length === 0 ? null : { first: this.storedSeq + 1, last: this.last, frames };
  }

  markStored(seq: number): void {
    this.storedSeq = Math.max(this.storedSeq, seq);
  }

  private trim(now: number): void {
    const oldest = Math.max(0, this.frames.length - KEPT_EVENTS);
    const start = this.frames.findIndex(({ at }, index) => index >= oldest && now - at <= KEPT_MS);
    const dropped = this.frames.splice(0, start < 0 ? this.frames.length : start);
    this.floor = dropped.at(-1)?.seq ?? this.floor;
  }
}
