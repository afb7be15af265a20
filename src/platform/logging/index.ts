export { Log } from './log.js';
export { NestLogger } from './nest-logger.js';
