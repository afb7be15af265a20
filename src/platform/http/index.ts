export { Operation } from './operation.js';
export { renderPlainPage } from './plain-page.js';
