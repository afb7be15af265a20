import type { FailureReason, ModelFailure } from './model-failure.js';

/** What clients are told of a failure. A provider's own text is never passed on: it may quote keys or prompts. */
const MESSAGES: Readonly<Record<FailureReason, string>> = {
  key_rejected: 'It rejected the key it was given.',
  model_unknown: 'It does not know the model.',
  request_rejected: 'It rejected the request.',
  rate_limited: 'Its rate limit is reached.',
  busy: 'It is overloaded.',
  unreachable: 'It cannot be reached.',
  server_error: 'It failed with an error of its own.',
  malformed_answer: 'Its answer could not be read.',
  incomplete_answer: 'Its answer broke off.',
  no_answer_in_time: 'It did not answer in time.',
  fell_silent: 'It fell silent in the middle of its answer.',
};

export function failureMessage({ reason }: ModelFailure): string {
  return MESSAGES[reason];
}
