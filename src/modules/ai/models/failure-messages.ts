import type { FailureReason, ModelFailure } from './model-failure.js';

/** The texts that clients get. The text of a provider is never passed on: it may quote keys or prompts. */
const MESSAGES: Readonly<Record<FailureReason, string>> = {
  key_rejected: 'It rejected its API key.',
  model_unknown: 'It does not know the model.',
  request_rejected: 'It rejected the request.',
  rate_limited: 'Its rate limit is reached.',
  busy: 'It is overloaded.',
  unreachable: 'It cannot be reached.',
  server_error: 'It failed with a server error.',
  malformed_answer: 'Its answer was malformed.',
  incomplete_answer: 'Its answer was incomplete.',
  no_answer_in_time: 'It did not answer in time.',
  fell_silent: 'It stopped sending before its answer was complete.',
};

export function failureMessage({ reason }: ModelFailure): string {
  return MESSAGES[reason];
}

/** Returns the reason for a known provider that lacks its environment variable. */
export function notConfiguredMessage(variable: string): string {
  return `It is not configured on this server (${variable}).`;
}
