import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BoundedQueue } from '@/platform/limits/index.js';
import { authErrors } from '../auth.errors.js';

const MIN_SCORE = 3;
/** zxcvbn's time grows with the square of the length; a good beginning is enough to judge by. */
const JUDGED = 40;
const IDLE_MS = 60_000;
const WAITING = 64;

interface Verdict {
  id: number;
  score: number;
  reason: string | null;
}

/** Refuses passwords that are easy to guess. The judge's thread starts when needed and leaves when idle. */
@Injectable()
export class PasswordPolicy implements OnApplicationShutdown {
  private readonly queue = new BoundedQueue(1, WAITING, 5);
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private count = 0;

  /** `hints` are what an attacker would try first, such as the person's own name and address. */
  async assertStrong(password: string, hints: string[]): Promise<void> {
    const { score, reason } = await this.queue.run(() => this.judge(password, hints));
    if (score >= MIN_SCORE) return;
    throw authErrors.password_too_weak({
      facts: { reason: reason ?? 'Use a longer phrase of uncommon words.' },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idle);
    await this.worker?.terminate();
  }

  private judge(password: string, hints: string[]): Promise<Verdict> {
    const worker = this.thread();
    const id = (this.count += 1);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        worker.removeAllListeners('message').removeAllListeners('error');
        this.rest(worker);
      };
      worker.once('message', (verdict: Verdict) => (done(), resolve(verdict)));
      worker.once('error', (error) => (this.drop(worker), reject(error)));
      worker.postMessage({ id, password: [...password].slice(0, JUDGED).join(''), hints });
    });
  }

  private thread(): Worker {
    clearTimeout(this.idle);
    this.worker ??= new Worker(new URL('./strength-worker.mjs', import.meta.url));
    this.worker.unref();
    return this.worker;
  }

  private rest(worker: Worker): void {
    this.idle = setTimeout(() => this.drop(worker), IDLE_MS).unref();
  }

  private drop(worker: Worker): void {
    if (this.worker === worker) this.worker = undefined;
    void worker.terminate();
  }
}
