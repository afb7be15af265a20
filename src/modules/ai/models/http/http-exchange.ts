import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ModelFailure, failureFromNetworkError } from '../model-failure.js';
import { ContentDecoder, decodeErrorBody, parseCodings } from './content-decoder.js';

/**
 * In milliseconds. `answerMs`: until a whole answer or the first token, counted from the last sign of life. `stallMs`:
 * between two signs of life after the first token.
 */
export interface CallTimeouts {
  answerMs: number;
  stallMs: number;
  /** For reading the rest of a body that is not needed; one second by default. */
  drainMs?: number;
}

/**
 * The effect of a chunk. `no_progress`: it has no event. `alive`: it has an event without a token. `progress`: it has a
 * token. `complete`: the answer is complete, and the rest of the body is read so that the connection can be reused.
 * `discard_rest`: the connection is closed.
 */
export type ChunkResult = 'no_progress' | 'alive' | 'progress' | 'complete' | 'discard_rest';

/** Handles the body of a successful response. `onData` and `onEnd` throw a {@link ModelFailure} if it is malformed. */
export interface ResponseHandler {
  onData(chunk: Buffer): ChunkResult;
  /** The body has ended as announced by HTTP. */
  onEnd(): void;
  /** The last call: a {@link ModelFailure}, or the reason of the aborted signal. */
  onError(error: unknown): void;
}

/** Maps a status of 300 and more to a failure. `body` is the beginning of the response body. */
export type ErrorMapper = (status: number, headers: IncomingHttpHeaders, body: string) => ModelFailure;

/** A body that is not needed is read within these limits, so that the connection can be reused. */
const MAX_DRAIN_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 1000;

/**
 * One request to a provider and its response, on undici's dispatcher: chunks arrive synchronously, without a stream in
 * between. Owns the timeouts (one timer), the abort signal, and the end of the connection.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  private state: 'requested' | 'receiving' | 'failed_status' | 'closed' = 'requested';
  private controller: Dispatcher.DispatchController | undefined;
  private timer: NodeJS.Timeout;
  private hasProgressed = false;
  private isPaused = false;
  private errorBodyChunks: Buffer[] = [];
  private drainedBytes = 0;
  /** Undefined for a body without a content coding. */
  private contentDecoder: ContentDecoder | undefined;
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

  /** Closes the connection. The handler is not called any more. */
  cancel(): void {
    if (this.state === 'closed') return;
    this.finish();
    this.abortConnection();
  }

  /** Reads no more of the body, and measures no silence, while it is paused. What has arrived is still passed on. */
  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (this.state !== 'requested' && this.state !== 'receiving') return;
    if (isPaused) {
      clearTimeout(this.timer);
      this.controller?.pause();
      return;
    }
    this.restartTimer(this.hasProgressed ? this.timeouts.stallMs : this.timeouts.answerMs);
    this.controller?.resume();
  }

  fail(error: unknown): void {
    if (this.state === 'closed') return;
    this.cancel();
    this.handler.onError(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // The exchange was closed while it waited for a connection.
    if (this.state === 'closed') this.abortConnection();
    else if (this.isPaused) controller.pause();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.state !== 'requested') return;
    if (status < 300) {
      this.state = 'receiving';
      this.contentDecoder = this.createContentDecoder(headers);
      return;
    }
    this.state = 'failed_status';
    this.errorHead = { status, headers };
    this.restartTimer(this.timeouts.drainMs ?? MAX_DRAIN_MS);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state !== 'receiving') this.drainChunk(chunk);
    else if (this.contentDecoder) this.runHandler(() => this.contentDecoder?.write(chunk));
    else this.passOnChunk(chunk);
  }

  onResponseEnd(): void {
    if (this.state !== 'receiving') this.finishDrain();
    else if (this.contentDecoder) this.runHandler(() => this.contentDecoder?.end());
    else this.passOnEnd();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.state === 'requested' || this.state === 'receiving')
      this.fail(failureFromNetworkError(error, this.state === 'receiving'));
    else this.finishDrain();
  }

  private createContentDecoder(headers: IncomingHttpHeaders): ContentDecoder | undefined {
    const codings = parseCodings(headers['content-encoding']);
    if (codings.length === 0) return undefined;
    return new ContentDecoder(codings, {
      onData: (chunk) => {
        if (this.state === 'receiving') this.passOnChunk(chunk);
      },
      onEnd: () => {
        if (this.state === 'receiving') this.passOnEnd();
      },
      onError: (failure) => this.fail(failure),
    });
  }

  private passOnChunk(chunk: Buffer): void {
    this.runHandler(() => this.applyChunkResult(this.handler.onData(chunk)));
  }

  private passOnEnd(): void {
    this.runHandler(() => {
      this.handler.onEnd();
      this.finish();
    });
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
      case 'no_progress':
        return;
      case 'alive':
        if (!this.isPaused) this.timer.refresh();
        return;
      case 'progress':
        if (!this.isPaused && this.hasProgressed) this.timer.refresh();
        else if (!this.isPaused) this.restartTimer(this.timeouts.stallMs);
        this.hasProgressed = true;
        return;
      case 'complete':
        this.finish();
        this.restartTimer(this.timeouts.drainMs ?? MAX_DRAIN_MS);
        return;
      case 'discard_rest':
        this.cancel();
    }
  }

  private drainChunk(chunk: Buffer): void {
    this.drainedBytes += chunk.length;
    if (this.state === 'failed_status') this.errorBodyChunks.push(chunk);
    if (this.drainedBytes > MAX_DRAIN_BYTES) this.finishDrain(true);
  }

  /** Ends the reading of a body that is not needed, and reports a failed status. */
  private finishDrain(forceClose = false): void {
    clearTimeout(this.timer);
    if (this.state === 'failed_status' && this.errorHead) {
      const received = Buffer.concat(this.errorBodyChunks);
      const codings = parseCodings(this.errorHead.headers['content-encoding']);
      const body = decodeErrorBody(received, codings).toString('utf8', 0, MAX_DRAIN_BYTES);
      const failure = this.mapError(this.errorHead.status, this.errorHead.headers, body);
      this.finish();
      this.handler.onError(failure);
    }
    if (forceClose) this.abortConnection();
  }

  private handleTimeout(): void {
    if (this.state === 'failed_status' || this.state === 'closed') this.finishDrain(true);
    else this.fail(new ModelFailure(this.hasProgressed ? 'fell_silent' : 'no_answer_in_time'));
  }

  private finish(): void {
    this.state = 'closed';
    clearTimeout(this.timer);
    this.contentDecoder?.destroy();
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
