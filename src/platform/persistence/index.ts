export { Database } from './database.js';
export { Notifications } from './notification-bus.js';
export { RepositoryBase, translating } from './repository-base.js';
export { UnitOfWork, type Statement } from './unit-of-work.js';
export { type Keyset, keyset, pageOf } from './keyset.js';
export { Sightings } from './last-seen-writer.js';
export { TrustedCache } from './coherent-cache.js';
export { Batches, isOfOneRow } from '../concurrency/write-batcher.js';
