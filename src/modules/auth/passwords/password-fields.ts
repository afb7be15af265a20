/** Options of a field for a password that is about to be set. */
export const NEW_PASSWORD_OPTIONS = { min: 8, max: 128, example: 'otters juggle nine lanterns' };

/** Options of a field for a password that exists: it may be older than today's rules. */
export const EXISTING_PASSWORD_OPTIONS = { max: 1024, example: 'otters juggle nine lanterns' };
