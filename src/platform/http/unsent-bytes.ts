interface UnsentBytesOptions {
  /** Bytes of all callers. */
  maxBytes: number;
  /** Bytes of one caller. */
  maxBytesPerCaller: number;
}

interface Reservation {
  bytes: number;
  abort: () => void;
}

interface Victim {
  caller: string;
  reservation: Reservation;
}

/** The responses of one caller, oldest first. */
interface Share {
  bytes: number;
  readonly reservations: Set<Reservation>;
}

/**
 * Divides the memory of responses that clients have not read among callers. When all of it is used, the caller with the most
 * loses its oldest response to a caller with less.
 */
export class UnsentBytes {
  private bytes = 0;
  private readonly shares = new Map<string, Share>();

  constructor(private readonly options: UnsentBytesOptions) {}

  /**
   * Reserves memory for a response until the returned function is called, which may be called twice. Calls `abort` when
   * another caller takes the memory. Returns null when the share of the caller, or the memory, is used up.
   */
  reserve(caller: string, bytes: number, abort: () => void): (() => void) | null {
    const used = this.shares.get(caller)?.bytes ?? 0;
    if (used + bytes > this.options.maxBytesPerCaller) return null;
    if (!this.makeRoom(used + bytes, bytes)) return null;
    const reservation = { bytes, abort };
    this.add(caller, reservation);
    return () => this.release(caller, reservation);
  }

  /** Aborts the oldest responses of the callers with the most. Aborts none when that does not suffice. */
  private makeRoom(share: number, bytes: number): boolean {
    const victims = this.selectVictims(share, this.bytes + bytes - this.options.maxBytes);
    for (const { caller, reservation } of victims ?? []) {
      this.release(caller, reservation);
      reservation.abort();
    }
    return victims !== null;
  }

  /** Selects responses of callers that have more than `share` bytes. Returns null when they have less than `missing` bytes. */
  private selectVictims(share: number, missing: number): Victim[] | null {
    const victims: Victim[] = [];
    const candidates = [...this.shares].map(([caller, { bytes, reservations }]) => ({
      caller,
      bytes,
      reservations: [...reservations],
    }));
    for (let left = missing; left > 0;) {
      const largest = candidates.reduce((one, other) => (other.bytes > one.bytes ? other : one));
      const reservation = largest.reservations.shift();
      if (!reservation || largest.bytes <= share) return null;
      victims.push({ caller: largest.caller, reservation });
      largest.bytes -= reservation.bytes;
      left -= reservation.bytes;
    }
    return victims;
  }

  private add(caller: string, reservation: Reservation): void {
    let share = this.shares.get(caller);
    if (!share) this.shares.set(caller, (share = { bytes: 0, reservations: new Set() }));
    share.reservations.add(reservation);
    share.bytes += reservation.bytes;
    this.bytes += reservation.bytes;
  }

  private release(caller: string, reservation: Reservation): void {
    const share = this.shares.get(caller);
    if (!share?.reservations.delete(reservation)) return;
    share.bytes -= reservation.bytes;
    this.bytes -= reservation.bytes;
    if (share.reservations.size === 0) this.shares.delete(caller);
  }
}
