const PREFIX = 'https://www.googleapis.com/auth/';

/** Reading and writing events, and reading when the user is busy. */
export const REQUIRED_SCOPES: readonly string[] = [`${PREFIX}calendar.events`, `${PREFIX}calendar.freebusy`];

/** `email` tells which account is connected. */
export const REQUESTED_SCOPES: readonly string[] = ['openid', 'email', ...REQUIRED_SCOPES];

/** Scopes that include a required one. */
const WIDER_SCOPES: readonly string[] = [`${PREFIX}calendar`];

/** Returns the scopes of an answer of the token endpoint, which separates them by spaces. */
export function parseScopes(text: string): string[] {
  return [...new Set(text.split(' ').filter(Boolean))].sort();
}

/** Returns the required scopes that the user did not grant. */
export function missingScopes(granted: readonly string[]): string[] {
  if (granted.some((scope) => WIDER_SCOPES.includes(scope))) return [];
  return REQUIRED_SCOPES.filter((scope) => !granted.includes(scope));
}
