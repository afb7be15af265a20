import { type OpenAiErrorBody, toOpenAiError, usesOpenAiErrors } from './openai-error.js';
import type { FieldError } from './platform.errors.js';

/** Maximum bytes of the body of an error. */
export const MAX_ERROR_BODY_BYTES = 16 * 1024;

export interface ErrorBody {
  detail: unknown;
  code: string;
  request_id: string;
}

/** The parts of a request that tell where an invalid field was sent. */
export interface FaultyRequest {
  url: string;
  method: string;
  headers: object;
  query?: unknown;
  body?: unknown;
}

interface ValidationDetail {
  error: string;
  message: string;
  fields: FieldError[];
}

/** Returns the body of an error for this request, in the form that clients of its path read. */
export function buildErrorBody(
  { status, body }: { status: number; body: { detail: unknown; code: string } },
  requestId: string,
  request: FaultyRequest,
): ErrorBody | OpenAiErrorBody {
  if (usesOpenAiErrors(request.url)) return toOpenAiError(body, status);
  return buildDetailedBody(body, requestId, request);
}

/** Drops field errors, then other facts, that would make the body too large. */
function buildDetailedBody(
  { detail, code }: { detail: unknown; code: string },
  requestId: string,
  request: FaultyRequest,
): ErrorBody {
  const toBody = (facts: unknown): ErrorBody => ({ detail: facts, code, request_id: requestId });
  if (!isValidationDetail(detail)) {
    const body = toBody(detail);
    return isSmall(body) ? body : toBody(withoutFacts(detail));
  }
  const renderDetail = (fields: FieldError[]): unknown =>
    usesFaultList(request.url) ? fields.map((field) => toFault(field, request)) : { ...detail, fields };
  const { fields } = detail;
  let body = toBody(renderDetail(fields));
  for (let count = fields.length - 1; count > 0 && !isSmall(body); count -= 1)
    body = toBody(renderDetail(fields.slice(0, count)));
  return body;
}

function isSmall(body: ErrorBody): boolean {
  return Buffer.byteLength(JSON.stringify(body)) <= MAX_ERROR_BODY_BYTES;
}

function withoutFacts(detail: unknown): unknown {
  if (typeof detail === 'string') return detail.slice(0, 1000).toWellFormed();
  const { error, message } = detail as { error: string; message: string };
  return { error, message };
}

function isValidationDetail(detail: unknown): detail is ValidationDetail {
  return typeof detail === 'object' && detail !== null && Array.isArray((detail as ValidationDetail).fields);
}

/** Returns whether clients of this path expect invalid fields as a list; the XC API without its statistics. */
export function usesFaultList(url: string): boolean {
  return url.startsWith('/api/v1/') && !/^\/api\/v1\/admin\/stats(?:[/?]|$)/.test(url);
}

/** An invalid field as clients of the XC API read it. */
export interface Fault {
  loc: (string | number)[];
  msg: string;
  type: string;
}

function toFault({ path, rule, message }: FieldError, request: FaultyRequest): Fault {
  const names = path === '' ? [] : path.split('.');
  const segments = names.map((name) => (/^\d{1,9}$/.test(name) ? Number(name) : name));
  return { loc: [locate(names[0] ?? '', request), ...segments], msg: message, type: rule };
}

/** Returns where the client sent the field, or where it is missing. */
function locate(name: string, { method, headers, query, body }: FaultyRequest): string {
  if (hasField(body, name)) return 'body';
  if (hasField(query, name)) return 'query';
  if (name !== name.toLowerCase() && hasField(headers, name.toLowerCase())) return 'header';
  return method === 'GET' || method === 'HEAD' || method === 'DELETE' ? 'query' : 'body';
}

function hasField(container: unknown, name: string): boolean {
  return typeof container === 'object' && container !== null && Object.hasOwn(container, name);
}
