import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../../platform/config/index.js';
import { newId } from '../../../platform/kernel/ids.js';
import { Log } from '../../../platform/logging/index.js';
import { Database } from '../../../platform/persistence/index.js';
import { Recovery } from './recovery.js';
import { NodeRepository } from './persistence/node.repository.js';

const BEAT_MS = 2_000;

/** This process as a writer of answers: it shows that it lives, and looks after what dead ones left. */
@Injectable()
export class Node implements OnApplicationBootstrap {
  readonly id = newId();
  /** Generations of this process whose end could not be written: they are ended as soon as that is possible. */
  readonly lost = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private recovering = false;

  constructor(
    private readonly nodes: NodeRepository,
    private readonly recovery: Recovery,
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.beat(this.id);
    if (!this.config.databaseUrl) await this.nodes.alone(this.id); // an embedded database has one process
    await this.recover();
    await this.nodes.forget();
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
    this.database.beforeClose(() => this.stop());
  }

  private async beat(): Promise<void> {
    try {
      await this.nodes.beat(this.id);
      await this.recover();
    } catch (error) {
      this.log.error('ai.beat_failed', error);
    }
  }

  /** One after the other: a long one must not keep this process from showing that it lives. */
  private async recover(): Promise<void> {
    if (this.recovering) return;
    this.recovering = true;
    await this.recovery.run(this.id, this.lost).finally(() => (this.recovering = false));
  }

  private stop(): Promise<void> {
    clearInterval(this.timer);
    return Promise.resolve();
  }
}
