import { Injectable } from '@nestjs/common';
import { NotificationBus } from '@/platform/persistence/index.js';
import type { LiveEndReason } from './live-session.rules.js';

const ENDED_TOPIC = 'live-session-ended';
const ATTACHED_TOPIC = 'live-session-attached';

type EndedHandler = (sessionId: string, reason: LiveEndReason) => void;
type AttachedHandler = (sessionId: string, attachment: number) => void;

/**
 * Notifies every process, this one included, when the transaction commits that ended a session or attached another socket to it.
 * A process that may have lost notifications (`onReset`) reads the sessions that it has instead.
 */
@Injectable()
export class LiveSessionNotifier {
  constructor(private readonly notifications: NotificationBus) {}

  /** Registers a handler for the end of any session. */
  onEnded(handler: EndedHandler): void {
    this.notifications.subscribe(ENDED_TOPIC, (payload) => {
      const [id = '', reason = 'client'] = payload.split(' ');
      handler(id, reason as LiveEndReason);
    });
  }

  /** Registers a handler for a socket that is attached to any session: sockets with a lower number close. */
  onAttached(handler: AttachedHandler): void {
    this.notifications.subscribe(ATTACHED_TOPIC, (payload) => {
      const [id = '', attachment] = payload.split(' ');
      handler(id, Number(attachment));
    });
  }

  /** Registers a handler for the case that notifications may have been lost. */
  onReset(handler: () => void): void {
    this.notifications.onReset(handler);
  }

  publishEnded(sessionId: string, reason: LiveEndReason): Promise<void> {
    return this.notifications.publish(ENDED_TOPIC, `${sessionId} ${reason}`);
  }

  publishAttached(sessionId: string, attachment: number): Promise<void> {
    return this.notifications.publish(ATTACHED_TOPIC, `${sessionId} ${attachment}`);
  }
}
