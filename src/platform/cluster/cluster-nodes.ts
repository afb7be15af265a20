import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/index.js';
import { newId } from '../kernel/ids.js';
import { describeError, Log } from '../logging/index.js';
import { Database } from '../persistence/index.js';
import { NodeRepository } from './node.repository.js';

const HEARTBEAT_MS = 2_000;

/** Writes the heartbeat of this node, and recovers the work of nodes whose heartbeat has expired. */
@Injectable()
export class ClusterNodes implements OnApplicationBootstrap {
  readonly nodeId = newId();
  private readonly recoveryHandlers = [(): Promise<void> => this.nodes.releaseJobsOfDeadNodes()];
  /** The ids under which this process locks jobs, by the ids of their rows. */
  private readonly workerPools = new Map<string, string | null>([[this.nodeId, null]]);
  private timer: NodeJS.Timeout | undefined;
  private recovering: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly nodes: NodeRepository,
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Registers `recover`, which recovers the work of dead nodes. It runs every few seconds, and never concurrently. */
  onOrphanedWork(recover: () => Promise<void>): void {
    this.recoveryHandlers.push(recover);
  }

  /**
   * Adds an id under which this process locks jobs. Each has a row of its own: a process of an older version takes a node for
   * one row with one id.
   */
  async addWorkerPool(workerPool: string): Promise<void> {
    const isFirst = this.workerPools.get(this.nodeId) === null;
    this.workerPools.set(isFirst ? this.nodeId : newId(), workerPool);
    await this.nodes.heartbeat(this.workerPools);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.heartbeat(this.workerPools);
    if (!this.config.databaseUrl) await this.nodes.removeOtherNodes([...this.workerPools.keys()]); // only one process uses an embedded database
    await this.recoverOrphans();
    await this.nodes.deleteLongDead();
    this.timer = setInterval(() => void this.heartbeat(), HEARTBEAT_MS).unref();
    this.database.beforeClose(() => this.stop());
  }

  /** Does not wait for the recovery, which may take longer than a heartbeat. */
  private async heartbeat(): Promise<void> {
    try {
      await this.nodes.heartbeat(this.workerPools);
    } catch (error) {
      this.log.warnAtMostEverySecond('nodes.beat_failed', describeError(error));
      return;
    }
    if (this.stopped) return;
    this.recovering ??= this.recoverOrphans().finally(() => (this.recovering = undefined));
  }

  private async recoverOrphans(): Promise<void> {
    for (const recover of this.recoveryHandlers)
      if (!this.stopped)
        await recover().catch((error: unknown) => this.log.error('nodes.inheritance_failed', error));
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.recovering;
  }
}
