import { readField } from '../json-fields.js';
import { failureFromStatus, ModelFailure, type FailureReason } from '../model-failure.js';

/** Words of the providers' error objects, in lower case: OpenAI's, Anthropic's and Google's. */
const REASON_BY_ERROR_CODE: Readonly<Record<string, FailureReason>> = {
  rate_limit_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  insufficient_quota: 'rate_limited',
  resource_exhausted: 'rate_limited',
  overloaded_error: 'busy',
  overloaded: 'busy',
  engine_overloaded: 'busy',
  server_overloaded: 'busy',
  service_unavailable: 'busy',
  unavailable: 'busy',
};

/**
 * What an error object means that came inside an answer which HTTP called good. Its code may be a status, as a
 * number or in digits; its message is not looked at.
 */
export function failureFromErrorObject(error: unknown): ModelFailure {
  for (const name of ['code', 'type', 'status']) {
    const value = readField(error, name);
    const status = typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : value;
    if (typeof status === 'number' && status >= 400 && status <= 599) return failureFromStatus(status);
    const reason = typeof value === 'string' ? REASON_BY_ERROR_CODE[value.toLowerCase()] : undefined;
    if (reason) return new ModelFailure(reason);
  }
  return new ModelFailure('server_error');
}
