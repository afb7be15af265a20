import fc from 'fast-check';
import {
  failureFromNetworkError,
  failureFromStatus,
  failureMessage,
  type FailureReason,
  ModelFailure,
  notConfiguredMessage,
} from './model-failure.js';

const KINDS: Record<FailureReason, string> = {
  key_rejected: 'refused',
  unpaid: 'refused',
  model_unknown: 'refused',
  request_rejected: 'refused',
  prompt_too_long: 'refused',
  rate_limited: 'overloaded',
  busy: 'overloaded',
  unreachable: 'broken',
  server_error: 'broken',
  malformed_answer: 'broken',
  incomplete_answer: 'broken',
  empty_answer: 'broken',
  no_answer_in_time: 'timed_out',
  fell_silent: 'timed_out',
};
const REASONS = Object.keys(KINDS) as FailureReason[];

describe('ModelFailure', () => {
  it.each(REASONS)('derives its kind from the reason %s', (reason) => {
    const failure = new ModelFailure(reason, 3, 'ECONNRESET');
    expect(failure).toMatchObject({ reason, kind: KINDS[reason], retryAfter: 3, detail: 'ECONNRESET' });
    expect(failure).toBeInstanceOf(Error);
    expect(failure.message).toBe(reason);
  });
});

describe('failureFromStatus', () => {
  it.each([
    [401, 'key_rejected'],
    [403, 'key_rejected'],
    [404, 'model_unknown'],
    [408, 'busy'],
    [425, 'busy'],
    [429, 'rate_limited'],
    [503, 'busy'],
    [529, 'busy'],
    [400, 'request_rejected'],
    [402, 'unpaid'],
    [499, 'request_rejected'],
    [300, 'server_error'],
    [307, 'server_error'],
    [500, 'server_error'],
    [599, 'server_error'],
  ])('maps %d to %s', (status, reason) => {
    expect(failureFromStatus(status, 9)).toMatchObject({ reason, retryAfter: 9, detail: String(status) });
  });

  it('maps every status to some reason', () => {
    for (let status = 300; status < 1000; status += 1)
      expect(REASONS).toContain(failureFromStatus(status).reason);
  });
});

describe('failureFromNetworkError', () => {
  const errorWith = (fields: object): Error => Object.assign(new Error('quotes the prompt'), fields);

  it('tells a failed connection from an answer that was lost', () => {
    const error = errorWith({ code: 'ECONNRESET' });
    expect(failureFromNetworkError(error, false)).toMatchObject({
      reason: 'unreachable',
      detail: 'ECONNRESET',
    });
    expect(failureFromNetworkError(error, true)).toMatchObject({ reason: 'incomplete_answer' });
  });

  it('maps an error of the HTTP parser to malformed_answer', () => {
    const error = errorWith({ name: 'HTTPParserError', code: 'HPE_INVALID_CONSTANT' });
    for (const responseStarted of [true, false])
      expect(failureFromNetworkError(error, responseStarted).reason).toBe('malformed_answer');
  });

  it.each(['UND_ERR_SOCKET', 'ABC', `A${'B'.repeat(50)}`])('keeps the code %s', (code) => {
    expect(failureFromNetworkError({ code }, false).detail).toBe(code);
  });

  it.each([
    ['sk-secret'],
    ['AB'],
    [`A${'B'.repeat(51)}`],
    ['A B'],
    ['1AB'],
    [5],
    [null],
    [undefined],
    ['ABC\n'],
  ])('drops the code %j, which may quote data of the provider', (code) => {
    expect(failureFromNetworkError({ code }, false).detail).toBeUndefined();
  });

  it('accepts any thrown value, and never takes over its message', () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (thrown, responseStarted) => {
        const { reason, message } = failureFromNetworkError(thrown, responseStarted);
        expect(message).toBe(reason);
      }),
    );
  });
});

describe('failure messages', () => {
  it('are one distinct sentence for every reason', () => {
    const messages = REASONS.map((reason) => failureMessage(new ModelFailure(reason)));
    expect(new Set(messages).size).toBe(REASONS.length);
    for (const message of messages) expect(message).toMatch(/^It[s]? [^.]+\.$/);
  });

  it('name the environment variable of a provider that is not configured', () => {
    expect(notConfiguredMessage('OPENAI_API_KEY')).toBe(
      'It is not configured on this server (OPENAI_API_KEY).',
    );
  });
});
