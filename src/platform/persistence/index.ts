export { Database } from './database.js';
export { NotificationBus } from './notification-bus.js';
export { RepositoryBase, mapConstraintErrors } from './repository-base.js';
export {
  buildSizes,
  defineKeyset,
  defineSizedKeyset,
  jsonPageColumns,
  type Keyset,
  keysetQuery,
  limitPageBytes,
  type PageSize,
  type SizedKeyset,
} from './keyset.js';
export { jsonObjectSql, jsonTimestampSql } from './json-sql.js';
export { TransactionConflict, UnitOfWork, type Statement } from './unit-of-work.js';
export { TimeZones } from './time-zones.js';
export { NewerDatabaseError } from './schema-version.js';
export { TimestampColumn } from './timestamp-column.js';
