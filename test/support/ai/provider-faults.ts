import { type SseEvent, displayedText, type ScriptedAnswer } from './ai-app.js';

/** The text of a provider's error, which must not reach a client, a log or the database. */
export const PROVIDER_ERROR_TEXT = 'provider-says-zebra-4711';

type ExpectedError = readonly [status: number, code: string];

const PROVIDER_FAILED: ExpectedError = [502, 'provider_failed'];
const AI_UNAVAILABLE: ExpectedError = [503, 'ai_unavailable'];
const PROVIDER_TIMEOUT: ExpectedError = [504, 'provider_timeout'];

export interface ProviderFault {
  name: string;
  step: ScriptedAnswer;
  /** The error of a request that names the provider. */
  expectedError: ExpectedError;
  /** The reason in the route of an answer and in the error details. */
  reason: RegExp;
  /** The number of attempts, for a JSON answer and for a stream. */
  attempts: readonly [whole: number, streamed: number];
  /** The provider fails after it has sent some tokens. */
  afterFirstTokens?: true;
}

const PACED_TOKENS = { tokens: 8, delayMs: 2 };
const ERROR_BODY = JSON.stringify({ error: { message: PROVIDER_ERROR_TEXT } });
const CONNECTION_LOST = /incomplete/;
const UNREADABLE_BODY = /malformed|incomplete/;
const PROVIDER_ERROR = /a server error/;

function statusStep(code: number, more: ScriptedAnswer = {}): ScriptedAnswer {
  return { status: code, body: ERROR_BODY, ...more };
}

function errorObjectStep(error: object, errorAfter: number): ScriptedAnswer {
  return { ...PACED_TOKENS, errorAfter, error: { message: PROVIDER_ERROR_TEXT, ...error } };
}

/** All ways in which a provider can fail. */
export const PROVIDER_FAULTS: readonly ProviderFault[] = [
  {
    name: 'status 500',
    step: statusStep(500),
    expectedError: PROVIDER_FAILED,
    reason: PROVIDER_ERROR,
    attempts: [2, 2],
  },
  {
    name: 'status 503',
    step: statusStep(503),
    expectedError: AI_UNAVAILABLE,
    reason: /overloaded/,
    attempts: [2, 2],
  },
  {
    name: 'status 429',
    step: statusStep(429),
    expectedError: AI_UNAVAILABLE,
    reason: /rate limit/,
    attempts: [2, 2],
  },
  {
    name: 'status 429 and a long wait',
    step: statusStep(429, { headers: { 'retry-after': '17' } }),
    expectedError: AI_UNAVAILABLE,
    reason: /rate limit/,
    attempts: [1, 1],
  },
  {
    name: 'status 401',
    step: statusStep(401),
    expectedError: PROVIDER_FAILED,
    reason: /rejected its API key/,
    attempts: [1, 1],
  },
  {
    name: 'status 404',
    step: statusStep(404),
    expectedError: PROVIDER_FAILED,
    reason: /know the model/,
    attempts: [1, 1],
  },
  {
    name: 'status 400',
    step: statusStep(400),
    expectedError: PROVIDER_FAILED,
    reason: /the request/,
    attempts: [1, 1],
  },
  {
    name: 'a hang-up',
    step: { hangUp: true },
    expectedError: PROVIDER_FAILED,
    reason: /be reached/,
    attempts: [2, 2],
  },
  {
    name: 'silence',
    step: { silent: true },
    expectedError: PROVIDER_TIMEOUT,
    reason: /in time/,
    attempts: [1, 1],
  },
  {
    name: 'broken JSON',
    step: { raw: `{"choices": [${PROVIDER_ERROR_TEXT}`, contentType: 'application/json' },
    expectedError: PROVIDER_FAILED,
    reason: UNREADABLE_BODY,
    attempts: [2, 2],
  },
  {
    name: 'a page of HTML',
    step: { raw: `<html>${PROVIDER_ERROR_TEXT}</html>`, contentType: 'text/html' },
    expectedError: PROVIDER_FAILED,
    reason: UNREADABLE_BODY,
    attempts: [2, 2],
  },
  {
    name: 'an empty body',
    step: { raw: '' },
    expectedError: PROVIDER_FAILED,
    reason: UNREADABLE_BODY,
    attempts: [2, 2],
  },
  {
    name: 'an error object with status 200',
    step: errorObjectStep({ type: 'server_error' }, 0),
    expectedError: PROVIDER_FAILED,
    reason: PROVIDER_ERROR,
    attempts: [2, 2],
  },
  {
    name: 'an error object after some tokens',
    step: errorObjectStep({ type: 'server_error' }, 3),
    expectedError: PROVIDER_FAILED,
    reason: PROVIDER_ERROR,
    attempts: [2, 1],
    afterFirstTokens: true,
  },
  {
    name: 'a stated overload after some tokens',
    step: errorObjectStep({ type: 'overloaded_error' }, 3),
    expectedError: AI_UNAVAILABLE,
    reason: /overloaded/,
    attempts: [2, 1],
    afterFirstTokens: true,
  },
  {
    name: 'half a body with status 200',
    step: { ...PACED_TOKENS, truncateAfter: 3 },
    expectedError: PROVIDER_FAILED,
    reason: UNREADABLE_BODY,
    attempts: [2, 1],
    afterFirstTokens: true,
  },
  {
    name: 'a lost connection',
    step: { ...PACED_TOKENS, dropAfter: 3 },
    expectedError: PROVIDER_FAILED,
    reason: CONNECTION_LOST,
    attempts: [2, 1],
    afterFirstTokens: true,
  },
  {
    name: 'a stall',
    step: { ...PACED_TOKENS, stallAfter: 3 },
    expectedError: PROVIDER_TIMEOUT,
    reason: /stopped sending|in time/,
    attempts: [1, 1],
    afterFirstTokens: true,
  },
];

/** Whether only a timeout detects the fault, so that the test needs short timeouts. */
export function needsShortTimeouts({ silent, stallAfter }: ScriptedAnswer): boolean {
  return silent === true || stallAfter !== undefined;
}

/** Expects ids from 1, exactly one final event, and one of these answers. Returns the final event. */
export function expectConsistentStream(events: readonly SseEvent[], answers: readonly string[]): SseEvent {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  const finalEvents = events.filter(({ event }) => event === 'done' || event === 'error');
  const lastEvent = events.at(-1);
  if (!lastEvent) throw new Error('The stream is empty.');
  expect(finalEvents).toEqual([lastEvent]);
  if (lastEvent.event === 'done') {
    expect(lastEvent.data.content).toBe(displayedText(events));
    expect(answers).toContain(lastEvent.data.content);
  }
  return lastEvent;
}
