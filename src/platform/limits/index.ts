export { LimitsModule } from './limits.module.js';
export { type RateLimitPolicy, type RateLimitReservation } from './rate-limit-policy.js';
export { RateLimiter, tooManyAttempts } from './rate-limiter.js';
