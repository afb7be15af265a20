import { type AppError, defineErrors } from '@/platform/errors/index.js';
import { secondsUntil } from '@/platform/kernel/clock.js';
import { monthOf } from './quota/live-quota.rules.js';

export const liveErrors = defineErrors({
  live_session_not_found: { kind: 'not_found', message: 'Live session not found.' },
  live_session_ended: {
    kind: 'conflict',
    message: 'This live session has ended. Start another one.',
    facts: { end_reason: 'silent' },
  },
  live_session_active: {
    kind: 'conflict',
    message: 'Another live session of this user is active. End it first.',
  },
  live_sessions_limit_reached: {
    kind: 'too_many',
    message: 'The organization has as many live sessions as it can have at the same time.',
  },
  live_transcript_not_found: { kind: 'not_found', message: 'Live transcript not found.' },
  live_transcript_not_kept_by_server: {
    kind: 'conflict',
    message: 'A client saved this transcript. Only one that the server kept can be evaluated.',
  },
  live_transcripts_not_kept: {
    kind: 'conflict',
    message: 'The organization that pays for this session keeps no transcripts.',
  },
  origin_not_allowed: {
    kind: 'forbidden',
    message: 'The integration token is for pages of another origin.',
  },
  grant_scope_missing: {
    kind: 'forbidden',
    message: 'The integration token lacks the required scope.',
  },
  live_quota_exceeded: { kind: 'too_many', message: 'Monthly Live session quota exceeded' },
});

/** Returns the error of a used quota. The next month begins after `Retry-After`. */
export function liveQuotaExceeded(now: Date): AppError {
  return liveErrors.live_quota_exceeded({ retryAfter: secondsUntil(monthOf(now).end, now) });
}

/** Returns the error for a use of a session that has ended for this reason; null: it does not exist. */
export function toEndedError(reason: string | null, now: Date): AppError {
  if (reason === null) return liveErrors.live_session_not_found();
  if (reason === 'quota') return liveQuotaExceeded(now);
  return liveErrors.live_session_ended({ data: { end_reason: reason } });
}
