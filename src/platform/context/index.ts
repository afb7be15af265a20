export { requestContext, type RateLimitState } from './request-context.js';
