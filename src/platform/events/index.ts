export { AccessChanges } from './access-change-notifier.js';
