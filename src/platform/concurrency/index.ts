export { FairQueue, listFairQueues } from './fair-queue.js';
export { isRowError, WriteBatcher } from './write-batcher.js';
