import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ModelFailure, failureFromNetworkError } from '../model-failure.js';

/** In milliseconds. `answerMs`: for a whole answer, or the first token; `stallMs`: for the silence between tokens. */
export interface CallTimeouts {
  answerMs: number;
  stallMs: number;
  /** For the rest of a body that is not needed; a second where it is not given. */
  drainMs?: number;
}

/**
 * What a chunk was worth. `quiet`: no token in it. `progress`: the model is at work. `whole`: nothing more is
 * needed, though the body may go on. `enough`: the rest is not wanted.
 */
export type ChunkResult = 'quiet' | 'progress' | 'whole' | 'enough';

/** What becomes of the body of a good answer. `data` and `end` throw a {@link ModelFailure} where it makes no sense. */
export interface ResponseHandler {
  onStart(contentType: string): void;
  onData(chunk: Buffer): ChunkResult;
  /** The body ended as HTTP says it should. */
  onEnd(): void;
  /** At most once, and nothing follows: a {@link ModelFailure}, or the reason of the caller's abort. */
  onError(error: unknown): void;
}

/** Makes a failure of a status other than 2xx; `body` is the beginning of what came with it. */
export type ErrorMapper = (status: number, headers: IncomingHttpHeaders, body: string) => ModelFailure;

/** The rest of a body we do not need is read within these limits, so that the connection can be used again. */
const MAX_DRAIN_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 1000;

/**
 * One request to a provider and its answer, straight on undici's dispatcher: chunks arrive synchronously, without a
 * stream between. It owns the time limits (one timer), the caller's abort, and the end of the connection.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  private state: 'asked' | 'answering' | 'refused' | 'over' = 'asked';
  private controller: Dispatcher.DispatchController | undefined;
  private timer: NodeJS.Timeout;
  private hasProgressed = false;
  private errorBodyChunks: Buffer[] = [];
  private drainedBytes = 0;
  private errorHead: { status: number; headers: IncomingHttpHeaders } | undefined;
  private readonly onAbort = (): void => this.fail(this.signal?.reason);

  constructor(
    private readonly handler: ResponseHandler,
    private readonly timeouts: CallTimeouts,
    private readonly mapError: ErrorMapper,
    private readonly signal?: AbortSignal,
  ) {
    this.timer = this.startTimer(timeouts.answerMs);
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Gives up: the connection is closed, the receiver hears nothing more. */
  cancel(): void {
    if (this.state === 'over') return;
    this.finish();
    this.abortConnection();
  }

  fail(error: unknown): void {
    if (this.state === 'over') return;
    this.cancel();
    this.handler.onError(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it still waited for a connection.
    if (this.state === 'over') this.abortConnection();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.state !== 'asked') return;
    if (status < 300) {
      this.state = 'answering';
      this.handler.onStart(headers['content-type'] ?? '');
      return;
    }
    this.state = 'refused';
    this.errorHead = { status, headers };
    this.restartTimer(this.timeouts.drainMs ?? MAX_DRAIN_MS);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state === 'answering') this.runHandler(() => this.applyChunkResult(this.handler.onData(chunk)));
    else this.drainChunk(chunk);
  }

  onResponseEnd(): void {
    if (this.state === 'answering') {
      this.runHandler(() => {
        this.handler.onEnd();
        this.finish();
      });
    } else this.finishDrain();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.state === 'asked' || this.state === 'answering')
      this.fail(failureFromNetworkError(error, this.state === 'answering'));
    else this.finishDrain();
  }

  private runHandler(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error instanceof ModelFailure ? error : new ModelFailure('malformed_answer'));
    }
  }

  private applyChunkResult(result: ChunkResult): void {
    switch (result) {
      case 'quiet':
        return;
      case 'progress':
        if (this.hasProgressed) this.timer.refresh();
        else this.restartTimer(this.timeouts.stallMs);
        this.hasProgressed = true;
        return;
      case 'whole':
        this.finish();
        this.restartTimer(this.timeouts.drainMs ?? MAX_DRAIN_MS);
        return;
      case 'enough':
        this.cancel();
    }
  }

  private drainChunk(chunk: Buffer): void {
    this.drainedBytes += chunk.length;
    if (this.state === 'refused') this.errorBodyChunks.push(chunk);
    if (this.drainedBytes > MAX_DRAIN_BYTES) this.finishDrain(true);
  }

  /** The rest of a body is there, or will not be waited for. */
  private finishDrain(forceClose = false): void {
    clearTimeout(this.timer);
    if (this.state === 'refused' && this.errorHead) {
      const body = Buffer.concat(this.errorBodyChunks).toString('utf8', 0, MAX_DRAIN_BYTES);
      const failure = this.mapError(this.errorHead.status, this.errorHead.headers, body);
      this.finish();
      this.handler.onError(failure);
    }
    if (forceClose) this.abortConnection();
  }

  private handleTimeout(): void {
    if (this.state === 'refused' || this.state === 'over') this.finishDrain(true);
    else this.fail(new ModelFailure(this.hasProgressed ? 'fell_silent' : 'no_answer_in_time'));
  }

  private finish(): void {
    this.state = 'over';
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.onAbort);
  }

  private abortConnection(): void {
    this.controller?.abort(new ModelFailure('unreachable'));
  }

  private restartTimer(ms: number): void {
    clearTimeout(this.timer);
    this.timer = this.startTimer(ms);
  }

  private startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.handleTimeout(), ms).unref();
  }
}
