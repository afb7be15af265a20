export { Database } from './database.js';
export { Notifications } from './notifications.js';
export { RepositoryBase, translating } from './repository-base.js';
export { UnitOfWork, type Statement } from './unit-of-work.js';
export { type Keyset, keyset, pageOf } from './keyset.js';
export { Sightings } from './sightings.js';
export { TrustedCache } from './trusted-cache.js';
export { Batches, isOfOneRow } from './batches.js';
