import { Injectable } from '@nestjs/common';
import type { Attempt } from './persistence/attempt.entity.js';

type RecordedHandler = (attempt: Attempt) => Promise<void>;

/** Publishes recorded attempts. Handlers run in the transaction that records the attempt. */
@Injectable()
export class AttemptEvents {
  private readonly handlers: RecordedHandler[] = [];

  onRecorded(handler: RecordedHandler): void {
    this.handlers.push(handler);
  }

  async publishRecorded(attempt: Attempt): Promise<void> {
    for (const handler of this.handlers) await handler(attempt);
  }
}
