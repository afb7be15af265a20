export { JobQueue } from './job-queue.js';
export { ExpiredRowSweeper } from './expired-row-sweeper.js';
