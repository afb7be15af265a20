/** The embedded database cannot be used. The message tells the operator what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

export function folderInUseError(folder: string, owner: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `The data folder ${folder} is in use by another process (${owner}). ` +
      'Stop that process first, or give this one a DATA_DIR of its own.',
  );
}

/**
 * Returns the `code` of a system error (`ENOENT`, `EACCES`, ...). Does not use `instanceof`: under Jest, errors of Node.js are
 * instances of the `Error` of another realm.
 */
export function getErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
