import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { addListeners, FairQueue } from '@/platform/concurrency/index.js';

export type Dialect = 'british' | 'american';

/** A finding of the grammar checker. Offsets are UTF-16 code units of the checked text, the end is exclusive. */
export interface GrammarFinding {
  kind: string;
  start: number;
  end: number;
  message: string;
  /** At most three, the best first. */
  suggestions: string[];
}

export interface GrammarCheck {
  findings: GrammarFinding[];
  /** Rank by frequency of each word that was asked for, from 1; null when the list does not have it. */
  ranks: (number | null)[];
}

export interface GrammarCheckInput {
  text: string;
  dialect: Dialect;
  /** In lower case. */
  words: readonly string[];
}

type WorkerAnswer = { id: number } & (GrammarCheck | { error: string });

/** Loading takes seconds, and longer on a busy machine. */
const LOAD_TIMEOUT_MS = 120_000;
const CHECK_TIMEOUT_MS = 20_000;
const IDLE_MS = 10 * 60_000;
const SHARES = { maxWaiting: 256, maxWaitingPerCaller: 32, retryAfter: 10 };

/**
 * Checks the grammar and spelling of English texts. Runs in a worker thread that is started by the first text and stopped when
 * idle; callers take turns. A check that takes too long stops the worker.
 */
@Injectable()
export class GrammarChecker implements OnApplicationShutdown {
  private readonly queue = new FairQueue({ name: 'grammar_check', concurrency: 1, ...SHARES });
  private worker: Worker | undefined;
  private isLoaded = false;
  private idleTimer: NodeJS.Timeout | undefined;
  private lastId = 0;

  /** Returns the findings in the order of the text. `caller` is the user whose turn it is. Throws when the check fails. */
  check(caller: string, input: GrammarCheckInput): Promise<GrammarCheck> {
    return this.queue.run(caller, () => this.send(input));
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idleTimer);
    await this.worker?.terminate();
  }

  private async send(input: GrammarCheckInput): Promise<GrammarCheck> {
    const worker = this.getWorker();
    this.lastId += 1;
    const id = this.lastId;
    try {
      const answer = await this.exchange(worker, { id, ...input });
      if ('error' in answer) throw new Error(`The grammar checker failed: ${answer.error}`);
      this.isLoaded = true;
      return answer;
    } catch (error) {
      this.terminate(worker);
      throw error;
    } finally {
      this.stopWhenIdle();
    }
  }

  private exchange(worker: Worker, request: GrammarCheckInput & { id: number }): Promise<WorkerAnswer> {
    let timer: NodeJS.Timeout | undefined;
    let removeListeners: (() => void) | undefined;
    return new Promise<WorkerAnswer>((resolve, reject) => {
      const fail = (reason: string) => (): void => reject(new Error(`The grammar checker ${reason}.`));
      timer = setTimeout(fail('took too long'), this.isLoaded ? CHECK_TIMEOUT_MS : LOAD_TIMEOUT_MS);
      removeListeners = addListeners(worker, {
        message: (answer: WorkerAnswer) => answer.id === request.id && resolve(answer),
        error: reject,
        exit: fail('has stopped'),
      });
      worker.postMessage(request);
    }).finally(() => {
      clearTimeout(timer);
      removeListeners?.();
    });
  }

  private getWorker(): Worker {
    clearTimeout(this.idleTimer);
    if (!this.worker) {
      this.isLoaded = false;
      this.worker = new Worker(new URL('./grammar-worker.mjs', import.meta.url));
      this.worker.unref();
    }
    return this.worker;
  }

  private stopWhenIdle(): void {
    clearTimeout(this.idleTimer);
    const { worker } = this;
    if (worker) this.idleTimer = setTimeout(() => this.terminate(worker), IDLE_MS).unref();
  }

  private terminate(worker: Worker): void {
    if (this.worker === worker) this.worker = undefined;
    void worker.terminate();
  }
}
