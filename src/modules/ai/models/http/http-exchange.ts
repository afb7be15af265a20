import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ModelFailure, networkFailure } from '../model-failure.js';

/** In milliseconds. `answerMs`: for a whole answer, or the first token; `stallMs`: for the silence between tokens. */
export interface CallLimits {
  answerMs: number;
  stallMs: number;
  /** For the rest of a body that is not needed; a second where it is not given. */
  restMs?: number;
}

/**
 * What a chunk was worth. `quiet`: no token in it. `progress`: the model is at work. `whole`: nothing more is
 * needed, though the body may go on. `enough`: the rest is not wanted.
 */
export type Verdict = 'quiet' | 'progress' | 'whole' | 'enough';

/** What becomes of the body of a good answer. `data` and `end` throw a {@link ModelFailure} where it makes no sense. */
export interface Receiver {
  start(contentType: string): void;
  data(chunk: Buffer): Verdict;
  /** The body ended as HTTP says it should. */
  end(): void;
  /** At most once, and nothing follows: a {@link ModelFailure}, or the reason of the caller's abort. */
  fail(error: unknown): void;
}

/** Makes a failure of a status other than 2xx; `body` is the beginning of what came with it. */
export type Refusal = (status: number, headers: IncomingHttpHeaders, body: string) => ModelFailure;

/** The rest of a body we do not need is read within these limits, so that the connection can be used again. */
const REST_BYTES = 64 * 1024;
const REST_MS = 1000;

/**
 * One request to a provider and its answer, straight on undici's dispatcher: chunks arrive synchronously, without a
 * stream between. It owns the time limits (one timer), the caller's abort, and the end of the connection.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private state: 'asked' | 'answering' | 'refused' | 'over' = 'asked';
  private controller: Dispatcher.DispatchController | undefined;
  private timer: NodeJS.Timeout;
  private begun = false;
  private rest: Buffer[] = [];
  private restBytes = 0;
  private head: { status: number; headers: IncomingHttpHeaders } | undefined;
  private readonly onAbort = (): void => this.fail(this.signal?.reason);

  constructor(
    private readonly receiver: Receiver,
    private readonly limits: CallLimits,
    private readonly refusal: Refusal,
    private readonly signal?: AbortSignal,
  ) {
    this.timer = this.armed(limits.answerMs);
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Gives up: the connection is closed, the receiver hears nothing more. */
  cancel(): void {
    if (this.state === 'over') return;
    this.close();
    this.hangUp();
  }

  fail(error: unknown): void {
    if (this.state === 'over') return;
    this.cancel();
    this.receiver.fail(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it still waited for a connection.
    if (this.state === 'over') this.hangUp();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.state !== 'asked') return;
    if (status < 300) {
      this.state = 'answering';
      this.receiver.start(headers['content-type'] ?? '');
      return;
    }
    this.state = 'refused';
    this.head = { status, headers };
    this.rearm(this.limits.restMs ?? REST_MS);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state === 'answering') this.attempt(() => this.heed(this.receiver.data(chunk)));
    else this.keepRest(chunk);
  }

  onResponseEnd(): void {
    if (this.state === 'answering') {
      this.attempt(() => {
        this.receiver.end();
        this.close();
      });
    } else this.concludeRest();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.state === 'asked' || this.state === 'answering')
      this.fail(networkFailure(error, this.state === 'answering'));
    else this.concludeRest();
  }

  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error instanceof ModelFailure ? error : new ModelFailure('malformed_answer'));
    }
  }

  private heed(verdict: Verdict): void {
    switch (verdict) {
      case 'quiet':
        return;
      case 'progress':
        if (this.begun) this.timer.refresh();
        else this.rearm(this.limits.stallMs);
        this.begun = true;
        return;
      case 'whole':
        this.close();
        this.rearm(this.limits.restMs ?? REST_MS);
        return;
      case 'enough':
        this.cancel();
    }
  }

  private keepRest(chunk: Buffer): void {
    this.restBytes += chunk.length;
    if (this.state === 'refused') this.rest.push(chunk);
    if (this.restBytes > REST_BYTES) this.concludeRest(true);
  }

  /** The rest of a body is there, or will not be waited for. */
  private concludeRest(hangUp = false): void {
    clearTimeout(this.timer);
    if (this.state === 'refused' && this.head) {
      const body = Buffer.concat(this.rest).toString('utf8', 0, REST_BYTES);
      const failure = this.refusal(this.head.status, this.head.headers, body);
      this.close();
      this.receiver.fail(failure);
    }
    if (hangUp) this.hangUp();
  }

  private expire(): void {
    if (this.state === 'refused' || this.state === 'over') this.concludeRest(true);
    else this.fail(new ModelFailure(this.begun ? 'fell_silent' : 'no_answer_in_time'));
  }

  private close(): void {
    this.state = 'over';
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.onAbort);
  }

  private hangUp(): void {
    this.controller?.abort(new ModelFailure('unreachable'));
  }

  private rearm(ms: number): void {
    clearTimeout(this.timer);
    this.timer = this.armed(ms);
  }

  private armed(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.expire(), ms).unref();
  }
}
