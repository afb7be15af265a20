import { MINUTE } from '../kernel/durations.js';

const MIN_DELAY = 1;
const MAX_DELAY = 30 * MINUTE;
/** A message with a short lifetime is retried often enough to arrive in time after greylisting. */
const ATTEMPTS_IN_LIFETIME = 20;

/**
 * Returns the seconds until the next attempt to deliver a message of this age: half its age, so that delays grow, within
 * bounds that depend on its lifetime. Returns null when the message would have expired by then.
 */
export function nextDeliveryDelay(age: number, lifetime: number): number | null {
  const longest = Math.max(MIN_DELAY, Math.min(MAX_DELAY, lifetime / ATTEMPTS_IN_LIFETIME));
  const delay = Math.min(Math.max(age / 2, MIN_DELAY), longest);
  return age + delay < lifetime ? delay : null;
}

interface SmtpError {
  /** Of Nodemailer: the step that failed. */
  code?: string;
  responseCode?: number;
}

/**
 * Returns whether the mail server refused the message for good: its sender, its recipient or its content. A refusal of the
 * credentials of this server (53x) is an error of the configuration and not of the message.
 */
export function isPermanentRefusal(error: unknown): boolean {
  const { code, responseCode = 0 } = (error ?? {}) as SmtpError;
  const concernsMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  return concernsMessage && responseCode >= 500 && Math.floor(responseCode / 10) !== 53;
}
