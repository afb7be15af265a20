import { type SseEvent, shownBy, type Step } from './ai-app.js';

/** What a provider's own error says; none of it may reach anybody. */
export const UPSTREAM_WORDS = 'upstream-says-zebra-4711';

type Refusal = readonly [status: number, code: string];

const FAILED: Refusal = [502, 'provider_failed'];
const BUSY: Refusal = [503, 'ai_unavailable'];
const LATE: Refusal = [504, 'provider_timeout'];

export interface Fault {
  name: string;
  step: Step;
  /** What a named provider's failure is called. */
  refusal: Refusal;
  /** In the route of an answer, and in the list of reasons. */
  reason: RegExp;
  /** How often a provider is asked for a whole answer, and for a stream. */
  attempts: readonly [whole: number, streamed: number];
  /** The first words are on the screen before it breaks. */
  midway?: true;
}

const TOKENS = { tokens: 8, delayMs: 2 };
const BODY = JSON.stringify({ error: { message: UPSTREAM_WORDS } });
const BROKE_OFF = /broke off/;
const UNREADABLE = /could not be read|broke off/;
const OWN_ERROR = /an error of its own/;

function status(code: number, more: Step = {}): Step {
  return { status: code, body: BODY, ...more };
}

function stated(error: object, errorAfter: number): Step {
  return { ...TOKENS, errorAfter, error: { message: UPSTREAM_WORDS, ...error } };
}

/** Every way a provider can let its caller down. */
export const FAULTS: readonly Fault[] = [
  { name: 'status 500', step: status(500), refusal: FAILED, reason: OWN_ERROR, attempts: [2, 2] },
  { name: 'status 503', step: status(503), refusal: BUSY, reason: /overloaded/, attempts: [2, 2] },
  { name: 'status 429', step: status(429), refusal: BUSY, reason: /rate limit/, attempts: [2, 2] },
  {
    name: 'status 429 and a long wait',
    step: status(429, { headers: { 'retry-after': '17' } }),
    ...{ refusal: BUSY, reason: /rate limit/, attempts: [1, 1] },
  },
  { name: 'status 401', step: status(401), refusal: FAILED, reason: /rejected the key/, attempts: [1, 1] },
  { name: 'status 404', step: status(404), refusal: FAILED, reason: /know the model/, attempts: [1, 1] },
  { name: 'status 400', step: status(400), refusal: FAILED, reason: /the request/, attempts: [1, 1] },
  { name: 'a hang-up', step: { hangUp: true }, refusal: FAILED, reason: /be reached/, attempts: [2, 2] },
  { name: 'silence', step: { silent: true }, refusal: LATE, reason: /in time/, attempts: [1, 1] },
  {
    name: 'broken JSON',
    step: { raw: `{"choices": [${UPSTREAM_WORDS}`, contentType: 'application/json' },
    ...{ refusal: FAILED, reason: UNREADABLE, attempts: [2, 2] },
  },
  {
    name: 'a page of HTML',
    step: { raw: `<html>${UPSTREAM_WORDS}</html>`, contentType: 'text/html' },
    ...{ refusal: FAILED, reason: UNREADABLE, attempts: [2, 2] },
  },
  { name: 'an empty body', step: { raw: '' }, refusal: FAILED, reason: UNREADABLE, attempts: [2, 2] },
  {
    name: 'an error object with status 200',
    step: stated({ type: 'server_error' }, 0),
    ...{ refusal: FAILED, reason: OWN_ERROR, attempts: [2, 2] },
  },
  {
    name: 'an error object after some tokens',
    step: stated({ type: 'server_error' }, 3),
    ...{ refusal: FAILED, reason: OWN_ERROR, attempts: [2, 1], midway: true },
  },
  {
    name: 'a stated overload after some tokens',
    step: stated({ type: 'overloaded_error' }, 3),
    ...{ refusal: BUSY, reason: /overloaded/, attempts: [2, 1], midway: true },
  },
  {
    name: 'half a body with status 200',
    step: { ...TOKENS, truncateAfter: 3 },
    ...{ refusal: FAILED, reason: UNREADABLE, attempts: [2, 1], midway: true },
  },
  {
    name: 'a lost connection',
    step: { ...TOKENS, dropAfter: 3 },
    ...{ refusal: FAILED, reason: BROKE_OFF, attempts: [2, 1], midway: true },
  },
  {
    name: 'a stall',
    step: { ...TOKENS, stallAfter: 3 },
    ...{ refusal: LATE, reason: /fell silent|in time/, attempts: [1, 1], midway: true },
  },
];

/** It shows only in time: whoever asks needs short limits. */
export function isSilent({ silent, stallAfter }: Step): boolean {
  return silent === true || stallAfter !== undefined;
}

/** A stream that ends once, numbered from one, and whose whole answer is one of these. Gives its last event. */
export function expectHonest(events: readonly SseEvent[], answers: readonly string[]): SseEvent {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  const ends = events.filter(({ event }) => event === 'done' || event === 'error');
  const last = events.at(-1);
  if (!last) throw new Error('The stream is empty.');
  expect(ends).toEqual([last]);
  if (last.event === 'done') {
    expect(last.data.content).toBe(shownBy(events));
    expect(answers).toContain(last.data.content);
  }
  return last;
}
