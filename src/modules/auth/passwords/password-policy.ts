import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { addListeners, FairQueue } from '@/platform/concurrency/index.js';
import { requestContext } from '@/platform/context/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';

const MIN_SCORE = 3;
/**
 * Characters that are judged. The time of zxcvbn grows with the square of the length, and some characters have many
 * meanings. If a judgement takes too long, the next shorter prefix is judged: a password is as strong as its prefix.
 */
const JUDGED_LENGTHS: readonly number[] = [32, 16, 12];
const JUDGEMENT_TIMEOUT_MS = 1000;
const IDLE_MS = 60_000;
const SHARES = { maxWaiting: 512, maxWaitingPerCaller: 64, retryAfter: 5 };

interface PasswordStrength {
  score: number;
  reason: string | null;
}

/** Rejects passwords that are easy to guess. Runs zxcvbn in a worker thread that stops when idle; callers take turns. */
@Injectable()
export class PasswordPolicy implements OnApplicationShutdown {
  /** A longer judgement is stopped. */
  protected readonly timeoutMs: number = JUDGEMENT_TIMEOUT_MS;
  protected readonly judgedLengths = JUDGED_LENGTHS;
  private readonly queue = new FairQueue({ name: 'password_strength', concurrency: 1, ...SHARES });
  private worker: Worker | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private stopped = false;

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
    this.stopped = true;
    clearTimeout(this.idleTimer);
    await this.worker?.terminate();
  }

  private async measureStrength(password: string, hints: string[]): Promise<PasswordStrength> {
    for (const length of this.judgedLengths) {
      if (this.stopped) break;
      const prefixOf = (text: string): string => [...text].slice(0, length).join('');
      const strength = await this.judge(prefixOf(password), [...hints, ...hints.map(prefixOf)]);
      if (strength) return strength;
    }
    throw platformErrors.overloaded({ retryAfter: SHARES.retryAfter });
  }

  /** Returns null if the judgement takes too long. */
  private judge(password: string, hints: string[]): Promise<PasswordStrength | null> {
    const worker = this.getWorker();
    let timer: NodeJS.Timeout | undefined;
    let removeListeners: (() => void) | undefined;
    return new Promise<PasswordStrength | null>((resolve, reject) => {
      const stop = (): void => (this.terminate(worker), resolve(null));
      removeListeners = addListeners(worker, {
        message: (message: PasswordStrength | 'started') => {
          if (message === 'started') timer = setTimeout(stop, this.timeoutMs);
          else resolve(message);
        },
        error: (error: Error) => (this.terminate(worker), reject(error)),
        exit: () => resolve(null), // the application stops
      });
      worker.postMessage({ password, hints });
    }).finally(() => {
      clearTimeout(timer);
      removeListeners?.();
      this.stopWhenIdle(worker);
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
