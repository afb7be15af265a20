export { LimitsModule } from './limits.module.js';
export { type Policy, type Reservation } from './rate-limit-policy.js';
export { RateLimiter, tooMany } from './rate-limiter.js';
export { BoundedQueue } from '../concurrency/bounded-queue.js';
