import { Injectable } from '@nestjs/common';
import { NotificationBus } from '@/platform/persistence/index.js';

const TOPIC = 'xel-evaluation';

/** Waits for the end of evaluations, whichever process runs them. */
@Injectable()
export class EvaluationWaiter {
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly notifications: NotificationBus) {
    notifications.subscribe(TOPIC, (id) => this.waiting.get(id)?.());
  }

  /** Publishes that an evaluation has ended, when the surrounding transaction commits. */
  publishEnd(id: string): Promise<void> {
    return this.notifications.publish(TOPIC, id);
  }

  /** Waits until the evaluation ends, at most for the given time. Call it before the evaluation is queued. */
  waitForEnd(id: string, milliseconds: number): { ended: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds).unref();
      cancel = () => (clearTimeout(timer), resolve());
      this.waiting.set(id, cancel);
    }).finally(() => this.waiting.delete(id));
    return { ended, cancel };
  }
}
