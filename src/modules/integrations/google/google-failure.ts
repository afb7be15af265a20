import { aiErrors } from '@/modules/ai/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { integrationErrors } from '../integrations.errors.js';

/** Why a request to Google failed, with the sentence that the owner of the connection reads. */
export const FAILURE_SENTENCES = {
  unreachable: 'Google could not be reached.',
  timed_out: 'Google did not answer in time.',
  malformed_answer: 'Google sent an answer that the server cannot read.',
  request_refused: 'Google refused a request of this server.',
  rate_limited: 'Google asked this server to send fewer requests.',
  provider_failed: 'Google answered with an error.',
  access_revoked: 'Google no longer accepts the connection, because access was revoked or has expired.',
  scope_missing: 'Google did not grant all permissions that were asked for.',
} as const;

export type FailureReason = keyof typeof FAILURE_SENTENCES;

/** A failure that can pass. It contains no text of Google, which could repeat a token. */
export class GoogleFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    /** Seconds after which Google accepts requests again. */
    readonly retryAfter?: number,
    /** Status and code of the answer, for the log. */
    readonly answer?: string,
  ) {
    super(`Google: ${[reason, answer].filter(Boolean).join(' ')}`);
  }
}

/** Google has ended the grant: the refresh token or the code is not valid any more. */
export class GrantRefused extends Error {}

const DEFAULT_RETRY_AFTER = 30;

/** Returns the error of this API for a failure of Google. */
export function toAppError(failure: GoogleFailure): AppError {
  const { reason, retryAfter = DEFAULT_RETRY_AFTER } = failure;
  if (reason === 'rate_limited')
    return integrationErrors.integration_rate_limited({ cause: failure, retryAfter });
  const createError =
    reason === 'timed_out' ? providerErrors.provider_timeout : providerErrors.provider_failed;
  return createError({ data: describeFailure(reason), cause: failure });
}

const { provider_failed, provider_timeout } = aiErrors;

/** The errors of all servers that this one depends on, with the sentences for Google. */
export const providerErrors = { provider_failed, provider_timeout };

/** What the errors say about Google. */
export const PROVIDER_FACTS = {
  provider_failed: describeFailure('unreachable'),
  provider_timeout: describeFailure('timed_out'),
};

function describeFailure(reason: FailureReason): { message: string; provider: string } {
  return { message: FAILURE_SENTENCES[reason], provider: 'google_calendar' };
}
