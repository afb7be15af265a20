export { Operation } from './operation.js';
