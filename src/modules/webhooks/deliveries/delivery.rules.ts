import { HOUR, MINUTE } from '@/platform/kernel/durations.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

export const FAILURE_REASONS = [
  'timed_out',
  'connection_failed',
  'address_refused',
  'redirected',
  'refused',
  'webhook_disabled',
  'too_many_pending',
] as const;
/** Coarse: an exact error would tell an attacker about the network of the server. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** The type of the event that `POST .../test` sends. */
export const TEST_EVENT = 'webhook.test';

/** Seconds before each try of a delivery. */
const TRY_DELAYS = [
  0,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  18 * HOUR,
  24 * HOUR,
  12 * HOUR,
] as const;

/** A webhook is switched off if no delivery succeeded in this time. */
export const FAILING_AFTER = 72 * HOUR;

/** Returns the seconds until the next try after `tries` tries, or null after the last one. A test is tried once. */
export function nextTryDelay(type: string, tries: number): number | null {
  return type === TEST_EVENT ? null : (TRY_DELAYS[tries] ?? null);
}

/** The outcome of one request. */
export interface AttemptResult {
  /** Null without a response. */
  statusClass: StatusClass | null;
  /** Null after a success. */
  reason: FailureReason | null;
  durationMs: number;
}

/** Returns the outcome of a response with this status. */
export function judgeStatus(status: number): Pick<AttemptResult, 'statusClass' | 'reason'> {
  const statusClass = STATUS_CLASSES[Math.floor(status / 100) - 2] ?? null;
  if (statusClass === '2xx') return { statusClass, reason: null };
  return { statusClass, reason: statusClass === '3xx' ? 'redirected' : 'refused' };
}

/** Rounds to 100 ms: exact times would tell an attacker about the network of the server. */
export function roundDuration(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 100) * 100);
}
