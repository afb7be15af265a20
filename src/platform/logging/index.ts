export { describeError, Log } from './log.js';
export { NestLogger } from './nest-logger.js';
