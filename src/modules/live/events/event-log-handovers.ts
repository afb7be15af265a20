import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NotificationBus } from '@/platform/persistence/index.js';

/** How long a process that takes a session over waits for the process before it. */
const HANDOVER_MS = 1_000;
const TOPIC = 'live-event-log-handed-over';

/** Hears from the process that had a session which number its last event has. */
export class ExpectedHandover {
  private readonly lastSeqs = new Map<number, number>();
  private onReceived: (() => void) | undefined;

  receive(attachment: number, lastSeq: number): void {
    this.lastSeqs.set(attachment, lastSeq);
    this.onReceived?.();
  }

  /** Returns the number of the last event up to the attachment; null when no process tells it in time. */
  async wait(attachment: number): Promise<number | null> {
    const deadline = performance.now() + HANDOVER_MS;
    for (
      let left = HANDOVER_MS;
      left > 0 && !this.lastSeqs.has(attachment);
      left = deadline - performance.now()
    )
      await this.nextReceived(left);
    return this.lastSeqs.get(attachment) ?? null;
  }

  private async nextReceived(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.onReceived = resolve;
      timer = setTimeout(resolve, milliseconds).unref();
    });
    clearTimeout(timer);
  }
}

/** Passes the numbering of a session from one process to the next: each attachment continues the one before it. */
@Injectable()
export class EventLogHandovers implements OnModuleInit {
  private readonly expected = new Map<string, ExpectedHandover>();

  constructor(private readonly notifications: NotificationBus) {}

  onModuleInit(): void {
    this.notifications.subscribe(TOPIC, (payload) => {
      const [id = '', attachment, lastSeq] = payload.split(' ');
      this.expected.get(id)?.receive(Number(attachment), Number(lastSeq));
    });
  }

  /**
   * Collects handovers of a session while the work runs. It begins before the attachment is stored: the process before it can
   * answer sooner than this one waits. Only one piece of work of a session runs at a time.
   */
  async expect<T>(sessionId: string, work: (handover: ExpectedHandover) => Promise<T>): Promise<T> {
    const handover = new ExpectedHandover();
    this.expected.set(sessionId, handover);
    try {
      return await work(handover);
    } finally {
      this.expected.delete(sessionId);
    }
  }

  /** Tells the process of the next attachment which number the last event up to this one has. */
  publish(sessionId: string, attachment: number, lastSeq: number): Promise<void> {
    return this.notifications.publish(TOPIC, `${sessionId} ${attachment} ${lastSeq}`);
  }
}
