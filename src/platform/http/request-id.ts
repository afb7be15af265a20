import { randomId } from '../kernel/ids.js';

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** The caller's request id when it is well formed, else a new one. */
export function resolveRequestId(headerValue: unknown): string {
  return typeof headerValue === 'string' && WELL_FORMED.test(headerValue) ? headerValue : randomId();
}
