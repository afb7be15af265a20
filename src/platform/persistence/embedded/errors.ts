/** The embedded database cannot be used. The message is a sentence for the person who started the server. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

export function folderInUse(folder: string, owner: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `The data folder ${folder} is in use by another process (${owner}). ` +
      'Stop that process first, or give this one a DATA_DIR of its own.',
  );
}

/** The `code` of a system error (`ENOENT`, `EACCES`, ...), if it is one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
