import { toAppError, toErrorResponse, toOpenAiError } from '@/platform/errors/index.js';
import { chunkEnd, type FrameSource, type InterruptReason } from '@/platform/sse/index.js';

const COMMENT_FRAME = ': wait\n\n';
const DONE_FRAME = 'data: [DONE]\n\n';

/**
 * The frames of a streamed answer. It opens with its first frame, or when `open` is called; a failure before rejects
 * `opened`, so that the response can have the status of the error. A failure after it is a frame, and the stream ends
 * without the mark of a complete answer.
 */
export class CompletionStream implements FrameSource {
  readonly opened: Promise<void>;
  isOpen = false;
  private resolveOpened: () => void = () => undefined;
  private rejectOpened: (error: unknown) => void = () => undefined;
  private isEnded = false;
  private isClosed = false;
  private frames: string[] = [];
  private notify: (() => void) | undefined;

  constructor(private readonly abort: (reason: 'client_disconnected' | 'access_ended') => void) {
    this.opened = new Promise((resolve, reject) => {
      this.resolveOpened = resolve;
      this.rejectOpened = reject;
    });
  }

  /** Opens the stream: the status is 200 from now on. Without a frame a comment is sent, and with it the headers. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    if (this.frames.length === 0) this.frames.push(COMMENT_FRAME);
    this.resolveOpened();
  }

  send(value: object): void {
    this.push(`data: ${JSON.stringify(value)}\n\n`);
  }

  /** Ends the stream of a complete answer. */
  complete(): void {
    this.isEnded = true;
    this.push(DONE_FRAME);
  }

  fail(thrown: unknown): void {
    if (!this.isOpen) {
      this.rejectOpened(thrown);
      return;
    }
    const { body, status } = toErrorResponse(toAppError(thrown));
    this.isEnded = true;
    this.send(toOpenAiError(body, status));
  }

  read(): string | null {
    if (this.frames.length === 0) return this.isEnded ? null : '';
    return this.frames.splice(0, chunkEnd(this.frames, 0)).join('');
  }

  onReadable(callback: () => void): void {
    if (this.frames.length > 0 || this.isEnded) callback();
    else this.notify = callback;
  }

  close(): void {
    this.isClosed = true;
    this.notify = undefined;
    if (!this.isEnded) this.abort('client_disconnected');
  }

  /** At a shutdown the answer has some time left; then the runner of generations aborts it. */
  interrupt(reason: InterruptReason): void {
    if (reason === 'access_ended') this.abort(reason);
  }

  private push(frame: string): void {
    if (this.isClosed) return;
    this.frames.push(frame);
    this.open();
    const { notify } = this;
    this.notify = undefined;
    notify?.();
  }
}
