export { Jobs } from './jobs.js';
export { Sweeper } from './sweeper.js';
