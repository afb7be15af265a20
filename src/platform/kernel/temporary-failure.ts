/**
 * SQLSTATE and system codes of a database that cannot be reached, has no free connection or no disk space, cancelled a
 * statement, or rolled back a transaction because of concurrent ones: clients may try again. Classes 08, 53 and 57;
 * lock_timeout; a server that became read-only; timeouts of a transaction; serialization failure and deadlock.
 */
const TEMPORARY_CODE =
  /^(08...|53...|57...|55P03|25006|25P0[34]|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** Messages of pg and TypeORM without a code, for a connection that was lost during a statement. */
const CONNECTION_LOST_MESSAGE =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|not queryable|Query runner already released/;

interface FailedQuery {
  code?: string;
  message?: string;
  driverError?: { code?: string; message?: string };
}

/** Returns whether a dependency, such as the database, was not available, so that the same work can succeed later. */
export function isTemporaryFailure(error: unknown): boolean {
  const { code = '', message = '', driverError } = (error ?? {}) as FailedQuery;
  return (
    TEMPORARY_CODE.test(driverError?.code ?? code) ||
    CONNECTION_LOST_MESSAGE.test(driverError?.message ?? message)
  );
}
