export { requestContext } from './request-context.js';
