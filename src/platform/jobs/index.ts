export { JobQueue, type JobRun } from './job-queue.js';
export { JOB_LANES, type JobLane } from './job-lanes.js';
export { ExpiredRowSweeper, type RetentionRule } from './expired-row-sweeper.js';
