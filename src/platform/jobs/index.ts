export { Jobs } from './job-queue.js';
export { Sweeper } from './expired-row-sweeper.js';
