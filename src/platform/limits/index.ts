export { LimitsModule } from './limits.module.js';
export { type RateLimitPolicy, type RateLimitReservation, type RateLimitUse } from './rate-limit-policy.js';
export { RateLimiter, tooManyAttempts } from './rate-limiter.js';
