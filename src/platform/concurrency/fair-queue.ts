import { platformErrors } from '../errors/index.js';

export interface FairQueueOptions {
  /** Names the queue in metrics. */
  name?: string;
  /** Tasks that run at the same time. */
  concurrency: number;
  /** Tasks of one caller that run at the same time; `concurrency` by default. */
  concurrencyPerCaller?: number;
  /** Tasks that wait. */
  maxWaiting: number;
  /** Tasks of one caller that wait. */
  maxWaitingPerCaller: number;
  /** Seconds of `Retry-After` when the queue is full. */
  retryAfter: number;
}

interface WaitingTask {
  start: () => void;
  reject: (error: Error) => void;
}

/** Tasks of one caller. */
interface Share {
  readonly caller: string;
  running: number;
  waiting: WaitingTask[];
}

export interface FairQueueState {
  name: string;
  running: number;
  waiting: number;
  /** Tasks that were refused since the start of the process. */
  refused: number;
}

const queues = new Set<FairQueue>();

/** Returns the state of every queue of this process, for metrics. */
export function listFairQueues(): FairQueueState[] {
  return [...queues].map((queue) => queue.state);
}

/**
 * Runs a limited number of tasks at once, and lets a limited number wait. Callers with waiting tasks take turns, whatever
 * their number of tasks. When the queue is full, the caller with the most waiting tasks loses its last one.
 */
export class FairQueue {
  private running = 0;
  private waiting = 0;
  private refused = 0;
  private stopped = false;
  /** In the order of their turns. A caller without tasks has no entry. */
  private readonly shares = new Map<string, Share>();

  constructor(private readonly options: FairQueueOptions) {
    queues.add(this);
  }

  get state(): FairQueueState {
    const { running, waiting, refused } = this;
    return { name: this.options.name ?? 'unnamed', running, waiting, refused };
  }

  /** Runs `task` when it is the turn of `caller`. Throws 503 `overloaded` when the share of the caller or the queue is full, or the queue is stopped. */
  async run<T>(caller: string, task: () => Promise<T>): Promise<T> {
    if (this.stopped) throw this.overloaded();
    const share = this.shareOf(caller);
    if (this.canStart(share)) this.start(share);
    else await this.waitForTurn(share);
    try {
      return await task();
    } finally {
      this.finish(share);
    }
  }

  /** Refuses the tasks that wait, and new ones. Running tasks go on. */
  stop(): void {
    this.stopped = true;
    this.waiting = 0;
    for (const share of this.shares.values()) {
      for (const { reject } of share.waiting.splice(0)) reject(this.overloaded());
      this.removeIfIdle(share);
    }
  }

  private shareOf(caller: string): Share {
    let share = this.shares.get(caller);
    if (!share) this.shares.set(caller, (share = { caller, running: 0, waiting: [] }));
    return share;
  }

  private canStart({ running }: Share): boolean {
    const { concurrency, concurrencyPerCaller = concurrency } = this.options;
    return this.running < concurrency && running < concurrencyPerCaller;
  }

  private start(share: Share): void {
    this.running += 1;
    share.running += 1;
  }

  private waitForTurn(share: Share): Promise<void> {
    if (share.waiting.length >= this.options.maxWaitingPerCaller) this.refuse(share);
    if (this.waiting >= this.options.maxWaiting) this.refuseLastOfLongest(share);
    this.waiting += 1;
    return new Promise((resolve, reject) => share.waiting.push({ start: resolve, reject }));
  }

  /** Refuses the last task of the caller with the most waiting tasks: the new task, when its caller has the most. */
  private refuseLastOfLongest(arriving: Share): void {
    let longest = arriving;
    let length = arriving.waiting.length + 1;
    for (const share of this.shares.values())
      if (share.waiting.length > length) [longest, length] = [share, share.waiting.length];
    if (longest === arriving) this.refuse(arriving);
    this.waiting -= 1;
    longest.waiting.pop()?.reject(this.overloaded());
    this.removeIfIdle(longest);
  }

  private refuse(arriving: Share): never {
    this.removeIfIdle(arriving);
    throw this.overloaded();
  }

  private overloaded(): Error {
    this.refused += 1;
    return platformErrors.overloaded({ retryAfter: this.options.retryAfter });
  }

  private finish(share: Share): void {
    this.running -= 1;
    share.running -= 1;
    this.removeIfIdle(share);
    this.startNext();
  }

  private removeIfIdle({ caller, running, waiting }: Share): void {
    if (running === 0 && waiting.length === 0) this.shares.delete(caller);
  }

  /** Starts the first task of the next caller, and moves this caller to the end of the turns. */
  private startNext(): void {
    for (const share of this.shares.values()) {
      if (share.waiting.length === 0 || !this.canStart(share)) continue;
      this.waiting -= 1;
      this.start(share);
      this.shares.delete(share.caller);
      this.shares.set(share.caller, share);
      share.waiting.shift()?.start();
      return;
    }
  }
}
