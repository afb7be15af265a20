export { AsyncValue } from './async-value.js';
export { requestContext, type RateLimitState } from './request-context.js';
