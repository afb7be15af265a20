import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/index.js';
import { newId } from '../kernel/ids.js';
import { Log } from '../logging/index.js';
import { Database } from '../persistence/index.js';
import { NodeRepository } from './node.repository.js';

const BEAT_MS = 2_000;

/** This process among those of the installation: it shows that it lives, and looks after what dead ones left. */
@Injectable()
export class Nodes implements OnApplicationBootstrap {
  readonly id = newId();
  private readonly heirs = [(): Promise<void> => this.nodes.freeJobs()];
  private workerPool: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private inheriting: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly nodes: NodeRepository,
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** `inherit` is called every few seconds, never twice at once: it takes over what belongs to nobody alive. */
  heir(inherit: () => Promise<void>): void {
    this.heirs.push(inherit);
  }

  /** The name under which this process takes jobs from now on. */
  async worksAs(workerPool: string): Promise<void> {
    this.workerPool = workerPool;
    await this.nodes.beat(this.id, workerPool);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.beat(this.id, this.workerPool);
    if (!this.config.databaseUrl) await this.nodes.alone(this.id); // an embedded database has one process
    await this.inherit();
    await this.nodes.forget();
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
    this.database.beforeClose(() => this.stop());
  }

  /** The sign of life does not wait for an inheritance that takes long. */
  private async beat(): Promise<void> {
    try {
      await this.nodes.beat(this.id, this.workerPool);
    } catch (error) {
      this.log.error('nodes.beat_failed', error);
      return;
    }
    if (this.stopped) return;
    this.inheriting ??= this.inherit().finally(() => (this.inheriting = undefined));
  }

  private async inherit(): Promise<void> {
    for (const inherit of this.heirs)
      if (!this.stopped)
        await inherit().catch((error: unknown) => this.log.error('nodes.inheritance_failed', error));
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.inheriting;
  }
}
