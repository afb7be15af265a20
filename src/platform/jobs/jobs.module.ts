import { Global, Module } from '@nestjs/common';
import { ClusterNodes, NodeRepository } from '../cluster/index.js';
import { ExpiredRowSweeper } from './expired-row-sweeper.js';
import { JobQueue } from './job-queue.js';
import { JobWorkers } from './job-workers.js';

/** Jobs, and the nodes that run them: JobWorkers start after ClusterNodes, which they inject. */
@Global()
@Module({
  providers: [NodeRepository, ClusterNodes, JobQueue, JobWorkers, ExpiredRowSweeper],
  exports: [ClusterNodes, JobQueue, ExpiredRowSweeper],
})
export class JobsModule {}
