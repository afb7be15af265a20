export { LimitsModule } from './limits.module.js';
export { type Policy, type Reservation } from './policy.js';
export { RateLimiter, tooMany } from './rate-limiter.js';
export { BoundedQueue } from './bounded-queue.js';
