import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Role } from '@/platform/access/actor.js';
import { isReadScope, type Scope } from '@/platform/access/scopes.js';
import { isAdministrator } from '../organizations/index.js';

/** Contract: decisions 10. 64 random bytes as unpadded base64url behind a prefix, 91 characters in all. */
export const KEY_BYTES = 64;
export const KEY_PREFIX = 'xntr-';
const KEY_PATTERN = /^xntr-[A-Za-z0-9_-]{86}$/;
const DISPLAY_PREFIX_LENGTH = 12;

export function isApiKey(key: string): boolean {
  return KEY_PATTERN.test(key);
}

/** What is stored. The key has 512 random bits: no salt and no slow hash make it harder to guess. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Enough of a key to tell it from others in a list. */
export function toDisplayPrefix(key: string): string {
  return key.slice(0, DISPLAY_PREFIX_LENGTH);
}

/** What a key may do while its maker has this role: a member's keys only read. */
export function scopesForRole(role: Role, scopes: readonly Scope[]): readonly Scope[] {
  return isAdministrator(role) ? scopes : scopes.filter(isReadScope);
}

/** An address, or a network in CIDR notation. */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && +bits <= (version === 4 ? 32 : 128));
}

/** Judges addresses against ranges; null where every address is allowed. */
export function buildAllowList(ranges: readonly string[]): BlockList | null {
  if (ranges.length === 0) return null;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, +bits, family);
  }
  return list;
}

/** IPv4 addresses written inside IPv6 count as IPv4. */
export function isAddressAllowed(list: BlockList | null, ip: string): boolean {
  if (!list) return true;
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
