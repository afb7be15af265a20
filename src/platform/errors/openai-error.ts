import type { ErrorResponse } from './error-mapping.js';
import type { FieldError } from './platform.errors.js';

/** The body of an error as clients of OpenAI's API read it. */
export interface OpenAiErrorBody {
  error: {
    message: string;
    type: string;
    /** The invalid field, such as `messages[0].role`. */
    param: string | null;
    code: string;
  };
}

/** `providers` and `provider` with `reason` are the facts of failed language models. */
interface ErrorDetail {
  message: string;
  fields?: FieldError[];
  providers?: ProviderReason[];
  provider?: string;
  reason?: string;
  required_scope?: string;
}

interface ProviderReason {
  provider?: string | undefined;
  reason?: string | undefined;
}

const TYPES_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** Clients of OpenAI that would wait for longer than these seconds should not repeat a request by themselves. */
const MAX_WAIT_SECONDS = 60;

/**
 * Returns whether a client should be told not to repeat a request by itself: because it fails again, or because of a long
 * wait. Some versions of the official one wait for any time without a sign, or repeat at once for one that their timer
 * cannot hold.
 */
export function forbidsRetry(
  url: string,
  { retryAfter = 0, permanent }: Pick<ErrorResponse, 'retryAfter' | 'permanent'>,
): boolean {
  return usesOpenAiErrors(url) && (permanent === true || retryAfter > MAX_WAIT_SECONDS);
}

/** Returns whether clients of this path expect errors in the form of OpenAI. */
export function usesOpenAiErrors(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url);
}

/** `param` is the first invalid field; the message names all of them. */
export function toOpenAiError(
  { detail, code }: { detail: unknown; code: string },
  status: number,
): OpenAiErrorBody {
  const type = TYPES_BY_STATUS[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  if (typeof detail === 'string') return { error: { message: detail, type, param: null, code } };
  const facts = detail as ErrorDetail;
  const { fields = [] } = facts;
  const [first] = fields;
  if (!first) return { error: { message: toMessage(facts), type, param: null, code } };
  const message = fields.map((field) => `${toParam(field) ?? 'The body'} ${field.message}.`).join(' ');
  const isUnknown = first.rule === 'unknown_field';
  return { error: { message, type, param: toParam(first), code: isUnknown ? 'unknown_parameter' : code } };
}

/** Returns `messages[0].role` for `messages.0.role`. */
function toParam({ path, rule }: FieldError): string | null {
  return path === '' && rule !== 'unknown_field' ? null : path.replace(/\.(\d{1,9})(?=\.|$)/g, '[$1]');
}

/** Appends the facts without which the message does not tell the cause. */
function toMessage({
  message,
  providers = [],
  provider,
  reason,
  required_scope: scope,
}: ErrorDetail): string {
  const reasons = [...providers, { provider, reason }].flatMap((each) =>
    each.provider && each.reason ? [`${each.provider}: ${each.reason}`] : [],
  );
  const sentences = [message, ...reasons, ...(scope ? [`Required: ${scope}`] : [])];
  return sentences.map((text) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ');
}
