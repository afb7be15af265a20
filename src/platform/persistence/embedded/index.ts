export { EmbeddedDatabaseError } from './errors.js';
export { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './start.js';
