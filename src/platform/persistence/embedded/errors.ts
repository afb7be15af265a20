/** The embedded database cannot be used. The message is a sentence for the person who started the server. */
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
 * The `code` of a system error (`ENOENT`, `EACCES`, ...), if it is one. Told by its shape: under Jest the
 * errors of Node's own modules are of another realm, and no instance of our `Error`.
 */
export function getErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
