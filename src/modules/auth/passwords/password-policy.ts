import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { FairQueue } from '@/platform/concurrency/index.js';
import { requestContext } from '@/platform/context/index.js';
import { authErrors } from '../auth.errors.js';

const MIN_SCORE = 3;
/** The time of zxcvbn grows with the square of the length; a strong prefix is enough. */
const MAX_CHECKED_CHARACTERS = 40;
const IDLE_MS = 60_000;
const SHARES = { maxWaiting: 512, maxWaitingPerCaller: 64, retryAfter: 5 };

interface PasswordStrength {
  id: number;
  score: number;
  reason: string | null;
}

/** Rejects passwords that are easy to guess. Runs zxcvbn in a worker thread that stops when idle. */
@Injectable()
export class PasswordPolicy implements OnApplicationShutdown {
  private readonly queue = new FairQueue({ concurrency: 1, ...SHARES });
  private worker: Worker | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private lastRequestId = 0;

  /** Throws `password_too_weak`. `hints` are words an attacker would try first, such as name and address of the user. */
  async assertStrong(password: string, hints: string[]): Promise<void> {
    const { score, reason } = await this.queue.run(requestContext.caller, () =>
      this.measureStrength(password, hints),
    );
    if (score >= MIN_SCORE) return;
    throw authErrors.password_too_weak({
      data: { reason: reason ?? 'Use a longer phrase of uncommon words.' },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idleTimer);
    await this.worker?.terminate();
  }

  private measureStrength(password: string, hints: string[]): Promise<PasswordStrength> {
    const worker = this.getWorker();
    const id = (this.lastRequestId += 1);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        worker.removeAllListeners('message').removeAllListeners('error');
        this.stopWhenIdle(worker);
      };
      worker.once('message', (strength: PasswordStrength) => (done(), resolve(strength)));
      worker.once('error', (error) => (this.terminate(worker), reject(error)));
      worker.postMessage({ id, password: [...password].slice(0, MAX_CHECKED_CHARACTERS).join(''), hints });
    });
  }

  private getWorker(): Worker {
    clearTimeout(this.idleTimer);
    this.worker ??= new Worker(new URL('./strength-worker.mjs', import.meta.url));
    this.worker.unref();
    return this.worker;
  }

  private stopWhenIdle(worker: Worker): void {
    this.idleTimer = setTimeout(() => this.terminate(worker), IDLE_MS).unref();
  }

  private terminate(worker: Worker): void {
    if (this.worker === worker) this.worker = undefined;
    void worker.terminate();
  }
}
