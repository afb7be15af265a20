import { createHash } from 'node:crypto';
import { type Role, isReadScope, type Scope } from '@/platform/access/index.js';
import { isAdministrator } from '../organizations/index.js';

/** A key is the prefix followed by 64 random bytes as unpadded base64url: 91 characters. */
export const KEY_BYTES = 64;
export const KEY_PREFIX = 'xntr-';
const KEY_PATTERN = /^xntr-[A-Za-z0-9_-]{86}$/;
const DISPLAY_PREFIX_LENGTH = 12;

/** True for a string with the format of an API key; whether the key exists is not checked. */
export function isApiKey(key: string): boolean {
  return KEY_PATTERN.test(key);
}

/**
 * Returns the SHA-256 of a key, the only form in which it is stored. A key has 512 random bits, so a salt or a slow
 * hash would not make guessing harder.
 */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Returns the first characters of a key, which identify it in a list. */
export function toDisplayPrefix(key: string): string {
  return key.slice(0, DISPLAY_PREFIX_LENGTH);
}

/** True when a member with this role may create a key with all these scopes. */
export function canGrantScopes(role: Role, scopes: readonly Scope[]): boolean {
  return scopesForRole(role, scopes).length === scopes.length;
}

/**
 * Returns the scopes a key has while its creator has this role. The keys of owners and admins have all scopes they
 * were created with; the keys of other members have only the `:read` scopes among them.
 */
export function scopesForRole(role: Role, scopes: readonly Scope[]): readonly Scope[] {
  return isAdministrator(role) ? scopes : scopes.filter(isReadScope);
}
