export { JobQueue } from './job-queue.js';
export { ExpiredRowSweeper, type RetentionRule } from './expired-row-sweeper.js';
