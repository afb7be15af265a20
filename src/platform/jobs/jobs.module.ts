import { Global, Module } from '@nestjs/common';
import { ClusterNodes, NodeRepository } from '../cluster/index.js';
import { ExpiredRowSweeper } from './expired-row-sweeper.js';
import { JobQueue } from './job-queue.js';

/** Jobs, and the nodes that run them: JobQueue starts after ClusterNodes, which it injects. */
@Global()
@Module({
  providers: [NodeRepository, ClusterNodes, JobQueue, ExpiredRowSweeper],
  exports: [ClusterNodes, JobQueue, ExpiredRowSweeper],
})
export class JobsModule {}
