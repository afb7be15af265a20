import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { JsonMeasure } from './json-measure.js';

/** Characters that are measured before other requests have their turn: about a millisecond. */
const SLICE = 256 * 1024;
/** The thread ends when it has nothing to do. */
const IDLE_MS = 20_000;

interface Answer {
  id: number;
  value?: unknown;
  malformed?: true;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** Parses JSON bodies that would block the event loop in a worker thread, one after the other. */
export class LargeJsonParser {
  private worker: Worker | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private nextId = 0;
  private readonly waiting = new Map<number, Waiting>();

  /** Returns undefined for a body that is not valid JSON, or that `isAllowed` refuses. */
  async parse(
    text: string,
    isAllowed: (measure: JsonMeasure) => boolean,
  ): Promise<{ value: unknown } | undefined> {
    const measure = new JsonMeasure();
    for (let from = 0; from < text.length; from += SLICE) {
      measure.read(text, from, Math.min(from + SLICE, text.length));
      await nextTurn();
    }
    if (!isAllowed(measure)) return undefined;
    const { value, malformed } = await this.send(text);
    return malformed ? undefined : { value };
  }

  private send(text: string): Promise<Answer> {
    const id = (this.nextId += 1);
    const worker = this.getWorker();
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, text });
    }).finally(() => {
      this.waiting.delete(id);
      if (this.waiting.size === 0) this.idleTimer = setTimeout(() => this.end(worker), IDLE_MS).unref();
    });
  }

  private getWorker(): Worker {
    clearTimeout(this.idleTimer);
    if (this.worker) return this.worker;
    const worker = new Worker(new URL('./json-worker.mjs', import.meta.url));
    worker.unref();
    worker.on('message', (answer: Answer) => this.waiting.get(answer.id)?.resolve(answer));
    worker.on('error', (error) => this.end(worker, error as Error));
    worker.on('exit', () => this.end(worker));
    return (this.worker = worker);
  }

  private end(worker: Worker, error = new Error('The thread has ended.')): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(error);
    void worker.terminate();
  }
}
