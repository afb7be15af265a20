import { passingId } from '../kernel/ids.js';

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** The caller's request id when it is well formed, else a new one. */
export function requestIdFor(given: unknown): string {
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : passingId();
}
