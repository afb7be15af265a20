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
    await this.recovery.run([]);
    await this.nodes.forget();
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
    this.database.beforeClose(() => this.stop());
  }

  private async beat(): Promise<void> {
    const lost = [...this.lost];
    try {
      await this.nodes.beat(this.id);
      await this.recovery.run(lost);
      lost.forEach((id) => this.lost.delete(id));
    } catch (error) {
      this.log.error('ai.beat_failed', error);
    }
  }

  private stop(): Promise<void> {
    clearInterval(this.timer);
    return Promise.resolve();
  }
}
