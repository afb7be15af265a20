export { BoundedQueue } from './bounded-queue.js';
export { isRowError, WriteBatcher } from './write-batcher.js';
