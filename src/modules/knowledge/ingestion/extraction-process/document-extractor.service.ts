import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { ExtractionProcess, type ProcessEnd } from './extraction-process.js';
import type {
  ExtractedChunk,
  ExtractionEvent,
  ExtractionProgress,
  ExtractionSummary,
  ExtractionTask,
} from './extraction.js';
import { IngestionFailure, IngestionStopped } from './ingestion-failure.js';
import type { Message } from './messages.js';
import { getWorkerPath } from './worker-location.js';

/** Processor time for a document of any size, and more for each MiB. */
const TIME_LIMIT_MS = 60_000;
const TIME_LIMIT_MS_PER_MIB = 6_000;
/** A process of low priority may wait for its turn so many times as long as it works. */
const ELAPSED_FACTOR = 10;
const MIB = 1024 * 1024;
/** The process ends when it has nothing to do, because a library keeps memory. */
const IDLE_MS = 20_000;
/** And after so many bytes of files. */
const MAX_BYTES_READ = 32 * MIB;

/**
 * Extracts documents in a process of its own, one at a time. The process is started for the first document.
 */
@Injectable()
export class DocumentExtractor implements OnApplicationShutdown {
  private process: ExtractionProcess | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  onApplicationShutdown(): void {
    clearTimeout(this.idleTimer);
    this.process?.kill('aborted');
  }

  /**
   * Reads a document. Throws an {@link IngestionFailure} when it has no text that can be used, and {@link IngestionStopped} when
   * `signal` is aborted.
   */
  async *extract(
    task: ExtractionTask,
    original: AsyncIterable<Buffer>,
    signal: AbortSignal,
  ): AsyncGenerator<ExtractionEvent, void> {
    if (signal.aborted) throw new IngestionStopped();
    const process = this.acquireProcess();
    const timeLimitMs = this.timeLimit(task.size);
    const timer = setTimeout(() => process.kill('timed_out'), ELAPSED_FACTOR * timeLimitMs);
    const abort = (): void => process.kill('aborted');
    signal.addEventListener('abort', abort, { once: true });
    let finished = false;
    try {
      await process.send({ ...task, timeLimitMs }, original).catch(() => undefined); // the end of the process is noticed below
      for (;;) {
        const message = await process.receive();
        if (message === undefined) throw toError(await process.waitForEnd());
        finished = ['done', 'failed', 'crashed'].includes(message.kind);
        const event = toEvent(message);
        if (event === undefined) return;
        yield event;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (!finished) process.kill('aborted');
      this.endProcessWhenIdle(process);
    }
  }

  protected timeLimit(size: number): number {
    return TIME_LIMIT_MS + Math.ceil((size / MIB) * TIME_LIMIT_MS_PER_MIB);
  }

  private acquireProcess(): ExtractionProcess {
    clearTimeout(this.idleTimer);
    if (!this.process?.isAlive) this.process = new ExtractionProcess(getWorkerPath());
    return this.process;
  }

  private endProcessWhenIdle(process: ExtractionProcess): void {
    if (process.bytesRead > MAX_BYTES_READ) process.kill('idle');
    this.idleTimer = setTimeout(() => process.kill('idle'), IDLE_MS).unref();
  }
}

/** Returns undefined for the last message. Throws what the process reports. */
function toEvent({ kind, payload }: Message): ExtractionEvent | undefined {
  switch (kind) {
    case 'text':
      return { kind, data: payload };
    case 'progress':
      return { kind, ...(parse(payload) as ExtractionProgress) };
    case 'extracted':
      return { kind, ...(parse(payload) as ExtractionSummary) };
    case 'chunks':
      return { kind, chunks: parse(payload) as ExtractedChunk[] };
    case 'done':
      return undefined;
    case 'failed': {
      const { code, detail } = parse(payload) as ExtractionFailure;
      throw new IngestionFailure(code, detail);
    }
    default:
      throw new Error(`The extraction failed: ${payload.toString()}`);
  }
}

function parse(payload: Buffer): unknown {
  return JSON.parse(payload.toString());
}

function toError(end: ProcessEnd): Error {
  switch (end) {
    case 'timed_out':
      return new IngestionFailure('timed_out', 'Reading the file took too long.');
    case 'out_of_memory':
      return new IngestionFailure('too_large', 'Reading the file takes more memory than a document may use.');
    case 'crashed':
      return new IngestionFailure('unreadable', 'The file cannot be read.');
    case 'killed':
      return new Error('The extraction process was killed.');
    default:
      return new IngestionStopped();
  }
}
