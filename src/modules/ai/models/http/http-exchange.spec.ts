import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { failureFromStatus, ModelFailure } from '../model-failure.js';
import { type CallTimeouts, type ChunkResult, HttpExchange, type ResponseHandler } from './http-exchange.js';

const TIMEOUTS: CallTimeouts = { answerMs: 1000, stallMs: 300, drainMs: 200 };

class RecordingHandler implements ResponseHandler {
  readonly calls: string[] = [];
  result: ChunkResult = 'no_progress';
  thrown: unknown;

  onData(chunk: Buffer): ChunkResult {
    this.calls.push(`data ${chunk.toString()}`);
    if (this.thrown) throw this.thrown;
    return this.result;
  }

  onEnd(): void {
    this.calls.push('end');
    if (this.thrown) throw this.thrown;
  }

  onError(error: unknown): void {
    this.calls.push(`error ${error instanceof ModelFailure ? error.reason : String(error)}`);
  }
}

describe('HttpExchange', () => {
  let handler: RecordingHandler;
  let aborts: number;
  let errorBodies: string[];
  let exchange: HttpExchange;
  let controller: Dispatcher.DispatchController;

  beforeEach(() => {
    jest.useFakeTimers();
    handler = new RecordingHandler();
    aborts = 0;
    errorBodies = [];
    const abort = (): void => void (aborts += 1);
    controller = {
      abort,
      aborted: false,
      paused: false,
      reason: null,
      rawHeaders: null,
      rawTrailers: null,
      pause: abort,
      resume: abort,
    };
    exchange = startExchange();
  });
  afterEach(() => {
    exchange.cancel();
    jest.useRealTimers();
  });

  async function waitForCall(pattern: RegExp): Promise<void> {
    while (!handler.calls.some((call) => pattern.test(call))) await nextTurn();
  }

  function startExchange(signal?: AbortSignal): HttpExchange {
    const mapError = (status: number, _headers: IncomingHttpHeaders, body: string): ModelFailure => {
      errorBodies.push(body);
      return failureFromStatus(status);
    };
    // The exchange of `beforeEach` must not time out in a test that starts its own.
    jest.clearAllTimers();
    const started = new HttpExchange(handler, TIMEOUTS, mapError, signal);
    started.onRequestStart(controller);
    return started;
  }

  const respond = (status: number, headers: IncomingHttpHeaders = {}): void =>
    exchange.onResponseStart(controller, status, headers);
  const receive = (text: string, result: ChunkResult = 'no_progress'): void => {
    handler.result = result;
    exchange.onResponseData(controller, Buffer.from(text));
  };

  it('passes a successful response to its handler', () => {
    respond(200, { 'content-type': 'text/plain' });
    receive('a', 'progress');
    receive('b');
    exchange.onResponseEnd();
    expect(handler.calls).toEqual(['data a', 'data b', 'end']);
    jest.advanceTimersByTime(10_000);
    expect([handler.calls.length, aborts]).toEqual([3, 0]);
  });

  it('ignores informational responses', () => {
    respond(103);
    respond(200);
    receive('a');
    expect(handler.calls).toEqual(['data a']);
  });

  it('times out when no token arrives in time, whatever else arrives', () => {
    respond(200);
    for (let waited = 0; waited < 900; waited += 100) {
      jest.advanceTimersByTime(100);
      receive('.');
    }
    expect(aborts).toBe(0);
    jest.advanceTimersByTime(100);
    expect([handler.calls.at(-1), aborts]).toEqual(['error no_answer_in_time', 1]);
  });

  it('times out when tokens stop, and each token restarts the time', () => {
    respond(200);
    for (let token = 0; token < 10; token += 1) {
      receive('.', 'progress');
      jest.advanceTimersByTime(299);
    }
    receive(': ping');
    expect(handler.calls).not.toContain('error fell_silent');
    jest.advanceTimersByTime(1);
    expect([handler.calls.at(-1), aborts]).toEqual(['error fell_silent', 1]);
  });

  it('waits longer for the first token while there are signs of life', () => {
    respond(200);
    for (let second = 0; second < 3; second += 1) {
      jest.advanceTimersByTime(900);
      receive('thinking', 'alive');
    }
    expect(handler.calls).not.toContain('error no_answer_in_time');
    jest.advanceTimersByTime(1000);
    expect(handler.calls).toContain('error no_answer_in_time');
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ])('decodes a body with the coding %s', async (coding, compress) => {
    jest.useRealTimers();
    handler.result = 'no_progress';
    exchange = startExchange();
    exchange.onResponseStart(controller, 200, { 'content-encoding': coding });
    const bytes = compress(Buffer.from('hello'));
    for (const byte of bytes) exchange.onResponseData(controller, Buffer.of(byte));
    exchange.onResponseEnd();
    await waitForCall(/^end|^error/);
    expect(
      handler.calls
        .filter((call) => call.startsWith('data'))
        .join('')
        .replaceAll('data ', ''),
    ).toBe('hello');
    expect(handler.calls.at(-1)).toBe('end');
  });

  it.each([
    ['gzip', gzipSync(Buffer.from('hello')).subarray(0, 20), 'incomplete_answer'],
    ['gzip', Buffer.from('no gzip'), 'malformed_answer'],
    ['compress', Buffer.from('hello'), 'malformed_answer'],
    ['gzip, gzip, gzip', Buffer.from('hello'), 'malformed_answer'],
  ])('fails for a body that cannot be decoded: %s', async (coding, bytes, reason) => {
    jest.useRealTimers();
    exchange = startExchange();
    exchange.onResponseStart(controller, 200, { 'content-encoding': coding });
    exchange.onResponseData(controller, bytes);
    exchange.onResponseEnd();
    await waitForCall(/^error/);
    expect(handler.calls.at(-1)).toBe(`error ${reason}`);
  });

  it('decodes the body of a failed status', () => {
    exchange.onResponseStart(controller, 400, { 'content-encoding': 'gzip' });
    exchange.onResponseData(controller, gzipSync(Buffer.from('{"error":1}')));
    exchange.onResponseEnd();
    expect(errorBodies).toEqual(['{"error":1}']);
  });

  it('reads the rest of a complete answer, and closes the connection when it takes too long', () => {
    respond(200);
    receive('whole', 'complete');
    receive('rest');
    jest.advanceTimersByTime(199);
    expect(aborts).toBe(0);
    jest.advanceTimersByTime(1);
    expect([handler.calls, aborts]).toEqual([['data whole'], 1]);
  });

  it('keeps the connection of a complete answer whose rest is short', () => {
    respond(200);
    receive('whole', 'complete');
    exchange.onResponseEnd();
    jest.advanceTimersByTime(10_000);
    expect(aborts).toBe(0);
  });

  it('closes the connection of a complete answer whose rest is long', () => {
    respond(200);
    receive('whole', 'complete');
    receive('x'.repeat(64 * 1024));
    expect(aborts).toBe(0);
    receive('x');
    expect(aborts).toBe(1);
  });

  it('closes the connection when the rest is not wanted', () => {
    respond(200);
    receive('enough', 'discard_rest');
    receive('more');
    expect([handler.calls, aborts]).toEqual([['data enough'], 1]);
  });

  it('reports a failed status with its body', () => {
    respond(429);
    receive('slow ');
    receive('down');
    expect(handler.calls).toEqual([]);
    exchange.onResponseEnd();
    expect([handler.calls, errorBodies, aborts]).toEqual([['error rate_limited'], ['slow down'], 0]);
  });

  it('reports a failed status without the end of a body that takes too long', () => {
    respond(500);
    receive('never ends');
    jest.advanceTimersByTime(200);
    expect([handler.calls, errorBodies, aborts]).toEqual([['error server_error'], ['never ends'], 1]);
  });

  it('reports a failed status with at most 64 KiB of its body', () => {
    respond(500);
    receive('x'.repeat(65 * 1024));
    expect([handler.calls, aborts]).toEqual([['error server_error'], 1]);
    expect(errorBodies.map(({ length }) => length)).toEqual([64 * 1024]);
  });

  it('reports a failed status whose connection breaks', () => {
    respond(503);
    exchange.onResponseError(controller, new Error('reset'));
    expect(handler.calls).toEqual(['error busy']);
  });

  it('tells a connection that was never made from an answer that was lost', () => {
    exchange.onResponseError(controller, new Error('refused'));
    expect(handler.calls).toEqual(['error unreachable']);
    exchange = startExchange();
    respond(200);
    exchange.onResponseError(controller, new Error('reset'));
    expect(handler.calls.at(-1)).toBe('error incomplete_answer');
  });

  it('ends with the failure that the handler throws, and with malformed_answer for any other error', () => {
    respond(200);
    handler.thrown = new ModelFailure('busy');
    receive('a');
    expect([handler.calls.at(-1), aborts]).toEqual(['error busy', 1]);
    exchange = startExchange();
    respond(200);
    handler.thrown = new TypeError('a bug that quotes the prompt');
    exchange.onResponseEnd();
    expect(handler.calls.at(-1)).toBe('error malformed_answer');
  });

  it('ends with the reason of the aborted signal, once', () => {
    const abortController = new AbortController();
    exchange = startExchange(abortController.signal);
    respond(200);
    abortController.abort('stopped');
    exchange.fail(new Error('later'));
    exchange.onResponseError(controller, new Error('aborted'));
    jest.advanceTimersByTime(10_000);
    expect([handler.calls, aborts]).toEqual([['error stopped'], 1]);
  });

  it('ignores a signal that aborts after the end', () => {
    const abortController = new AbortController();
    exchange = startExchange(abortController.signal);
    respond(200);
    exchange.onResponseEnd();
    abortController.abort('stopped');
    expect([handler.calls.at(-1), aborts]).toEqual(['end', 0]);
  });

  it('closes the connection that it gets after it was cancelled', () => {
    exchange.cancel();
    expect(aborts).toBe(1);
    exchange.onRequestStart(controller);
    expect([handler.calls, aborts]).toEqual([[], 2]);
  });

  it('measures no silence while it is paused', () => {
    exchange.setPaused(true);
    jest.advanceTimersByTime(5_000);
    expect(handler.calls).toEqual([]);
    exchange.setPaused(false);
    jest.advanceTimersByTime(1_000);
    expect(handler.calls).toEqual(['error no_answer_in_time']);
  });
});
