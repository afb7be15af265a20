import type { DocumentRow } from '@/modules/knowledge/documents/persistence/document-sql.js';
import { type FrameSource, toEventFrame } from '@/platform/sse/index.js';
import type { DocumentEndEvent, DocumentStageEvent } from './dto/document-events.response.js';

export type DocumentState = Pick<
  DocumentRow,
  'version' | 'status' | 'stage' | 'progress_percent' | 'error_code' | 'error_message'
>;

export interface StateReader {
  /** Returns the present state; undefined when the reader cannot read the document any more. */
  read: () => Promise<DocumentState | undefined>;
  subscribe: (listener: () => void) => () => void;
}

/** How often the state is read without a notification, which can be lost. */
const POLL_INTERVAL_MS = 2_000;
/** Ids of the events of one version. The last of them is the id of `end`. */
const IDS_PER_VERSION = 1_000;

/** Returns the id of the last event of a version. */
export function toEndId(version: number): number {
  return version * IDS_PER_VERSION + IDS_PER_VERSION - 1;
}

export function isOver({ status }: DocumentState): boolean {
  return status === 'ready' || status === 'failed';
}

/** Sends the state of a document whenever it changes, until it is ready or failed. A client that reconnects gets the present one. */
export class DocumentEventSource implements FrameSource {
  private frames = '';
  private ended = false;
  private closed = false;
  private sent = '';
  private changed = true;
  private wake: (() => void) | undefined;
  private readonly unsubscribe: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly states: StateReader,
    private lastId: number,
  ) {
    const notice = (): void => {
      this.changed = true;
      this.wake?.();
    };
    this.unsubscribe = states.subscribe(notice);
    this.timer = setInterval(notice, POLL_INTERVAL_MS).unref();
  }

  read(): string | null {
    if (this.frames === '') return this.ended ? null : '';
    const frames = this.frames;
    this.frames = '';
    return frames;
  }

  onReadable(callback: () => void): void {
    const next = (): void => {
      if (this.closed) return;
      if (this.frames !== '' || this.ended) return callback();
      this.wake = (): void => {
        this.wake = undefined;
        void this.update().then(next);
      };
      if (this.changed) this.wake();
    };
    next();
  }

  close(): void {
    this.closed = true;
    this.unsubscribe();
    clearInterval(this.timer);
  }

  private async update(): Promise<void> {
    this.changed = false;
    try {
      const state = await this.states.read();
      if (state) this.append(state);
      else this.ended = true; // deleted, or hidden from the reader
    } catch {
      this.ended = true; // without `end`, so that the client reconnects
    }
  }

  private append(state: DocumentState): void {
    const { version, status, stage, progress_percent: percent, error_code: code, error_message } = state;
    if (isOver(state)) {
      const error = code === null ? null : { code, message: error_message ?? '' };
      const data: DocumentEndEvent = { status, error };
      this.frames = toEventFrame(toEndId(version), 'end', JSON.stringify(data));
      this.ended = true;
      return;
    }
    const event: DocumentStageEvent = { status, stage, percent };
    const data = JSON.stringify(event);
    if (data === this.sent) return;
    this.sent = data;
    const firstId = version * IDS_PER_VERSION;
    this.lastId = Math.min(Math.max(this.lastId + 1, firstId), toEndId(version) - 1);
    this.frames = toEventFrame(this.lastId, 'stage', data);
  }
}
