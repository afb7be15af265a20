export { FairQueue, listFairQueues } from './fair-queue.js';
export { addListeners } from './listeners.js';
export { KeyedMutex } from './keyed-mutex.js';
export { isRowError, StatementBatcher } from './statement-batcher.js';
