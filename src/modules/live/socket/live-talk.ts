import type { SessionOutput } from '../channel/session-output.js';
import { HEARTBEAT_SECONDS } from '../sessions/index.js';
import type { SessionConversation } from '../turns/session-conversation.js';
import type { Admission } from './live-admission.service.js';
import type { LiveConnection } from './live-connection.js';

/** A session in this process, with the socket that it has now. */
export interface LiveTalk {
  admission: Admission;
  readonly output: SessionOutput;
  readonly conversation: SessionConversation;
  /** Null after the socket was lost: the client can resume. */
  connection: LiveConnection | null;
  /** When the socket was lost, as `performance.now()`. */
  detachedAt: number;
  /** When the client last answered a ping, as `performance.now()`. */
  seenAt: number;
  pingedAt: number;
  /** When the lease is extended next, in milliseconds of the clock. */
  leaseDueAt: number;
  /** When the quota is used, in milliseconds of the clock; null without a limit. */
  quotaEndsAt: number | null;
  warnedOfQuota: boolean;
  warnedOfIdleness: boolean;
}

export const SECOND_MS = 1_000;
/** Seconds before the end of the quota at which the client is warned. */
export const QUOTA_WARNING_SECONDS = 60;

/** Notes what an extended lease tells: the quota that remains, and when the lease must be extended again. */
export function applyLease(
  talk: LiveTalk,
  { remainingSeconds }: { remainingSeconds: number | null },
  now: Date,
): void {
  talk.leaseDueAt = now.getTime() + HEARTBEAT_SECONDS * SECOND_MS;
  talk.quotaEndsAt = remainingSeconds === null ? null : now.getTime() + remainingSeconds * SECOND_MS;
}

/** Returns the whole seconds until the quota is used; null without a limit. */
export function remainingSeconds(quotaEndsAt: number | null, now: Date): number | null {
  return quotaEndsAt === null ? null : Math.max(0, Math.ceil((quotaEndsAt - now.getTime()) / SECOND_MS));
}
