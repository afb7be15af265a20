import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/index.js';
import { newId } from '../kernel/ids.js';
import { Log } from '../logging/index.js';
import { Database } from '../persistence/index.js';
import { NodeRepository } from './node.repository.js';

const HEARTBEAT_MS = 2_000;

/** This process among those of the installation: it shows that it lives, and looks after what dead ones left. */
@Injectable()
export class ClusterNodes implements OnApplicationBootstrap {
  readonly nodeId = newId();
  private readonly recoveryHandlers = [(): Promise<void> => this.nodes.releaseJobsOfDeadNodes()];
  private workerPool: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private recovering: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly nodes: NodeRepository,
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** `inherit` is called every few seconds, never twice at once: it takes over what belongs to nobody alive. */
  onOrphanedWork(recover: () => Promise<void>): void {
    this.recoveryHandlers.push(recover);
  }

  /** The name under which this process takes jobs from now on. */
  async setWorkerPool(workerPool: string): Promise<void> {
    this.workerPool = workerPool;
    await this.nodes.heartbeat(this.nodeId, workerPool);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.heartbeat(this.nodeId, this.workerPool);
    if (!this.config.databaseUrl) await this.nodes.removeOtherNodes(this.nodeId); // an embedded database has one process
    await this.recoverOrphans();
    await this.nodes.deleteLongDead();
    this.timer = setInterval(() => void this.heartbeat(), HEARTBEAT_MS).unref();
    this.database.beforeClose(() => this.stop());
  }

  /** The sign of life does not wait for an inheritance that takes long. */
  private async heartbeat(): Promise<void> {
    try {
      await this.nodes.heartbeat(this.nodeId, this.workerPool);
    } catch (error) {
      this.log.error('nodes.beat_failed', error);
      return;
    }
    if (this.stopped) return;
    this.recovering ??= this.recoverOrphans().finally(() => (this.recovering = undefined));
  }

  private async recoverOrphans(): Promise<void> {
    for (const inherit of this.recoveryHandlers)
      if (!this.stopped)
        await inherit().catch((error: unknown) => this.log.error('nodes.inheritance_failed', error));
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.recovering;
  }
}
