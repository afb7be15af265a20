import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { LiveSessionEndings } from './live-session-endings.js';
import { LiveLeaseRepository } from './persistence/live-lease.repository.js';

const BATCH_SIZE = 100;

/** Ends sessions whose lease has run out: their client is silent, or their process died. */
@Injectable()
export class LiveSessionSweeper implements OnModuleInit {
  constructor(
    private readonly leases: LiveLeaseRepository,
    private readonly endings: LiveSessionEndings,
    private readonly nodes: ClusterNodes,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.nodes.onOrphanedWork(() => this.sweep());
  }

  async sweep(): Promise<void> {
    let ids: string[];
    do {
      ids = await this.leases.listOverdue(this.clock.now(), BATCH_SIZE);
      if (ids.length > 0) await this.endings.end(ids, 'silent', { onlyOverdue: true });
    } while (ids.length === BATCH_SIZE);
  }
}
