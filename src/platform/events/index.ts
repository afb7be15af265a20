export { AccessChanges } from './access-changes.js';
