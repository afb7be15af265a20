import { readField } from '../json-fields.js';
import { failureFromStatus, ModelFailure, type FailureReason } from '../model-failure.js';

/** Codes of the error objects of OpenAI, Anthropic and Google, in lower case. */
const REASON_BY_ERROR_CODE: ReadonlyMap<string, FailureReason> = new Map(
  Object.entries<FailureReason>({
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
  }),
);

/**
 * Maps an error object inside a response with status 200. Its code may be a name, or an HTTP status as a number or
 * string. Its message is ignored: it may quote the prompt.
 */
export function failureFromErrorObject(error: unknown): ModelFailure {
  for (const name of ['code', 'type', 'status']) {
    const value = readField(error, name);
    const status = typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : value;
    if (typeof status === 'number' && status >= 400 && status <= 599) return failureFromStatus(status);
    const reason = typeof value === 'string' ? REASON_BY_ERROR_CODE.get(value.toLowerCase()) : undefined;
    if (reason) return new ModelFailure(reason);
  }
  return new ModelFailure('server_error');
}
