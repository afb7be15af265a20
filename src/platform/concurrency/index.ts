export { FairQueue, listFairQueues } from './fair-queue.js';
export { addListeners } from './listeners.js';
export { isRowError, StatementBatcher } from './statement-batcher.js';
