import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Role } from '@/platform/access/actor.js';
import { isReadScope, type Scope } from '@/platform/access/scopes.js';
import { mayAdminister } from '../organizations/index.js';

/** Contract: decisions 10. 64 random bytes as unpadded base64url behind a prefix, 91 characters in all. */
export const KEY_BYTES = 64;
export const KEY_PREFIX = 'xntr-';
const KEY = /^xntr-[A-Za-z0-9_-]{86}$/;
const SHOWN = 12;

export function isKey(key: string): boolean {
  return KEY.test(key);
}

/** What is stored. The key has 512 random bits: no salt and no slow hash make it harder to guess. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Enough of a key to tell it from others in a list. */
export function prefixOf(key: string): string {
  return key.slice(0, SHOWN);
}

/** What a key may do while its maker has this role: a member's keys only read. */
export function scopesUnder(role: Role, scopes: readonly Scope[]): readonly Scope[] {
  return mayAdminister(role) ? scopes : scopes.filter(isReadScope);
}

/** An address, or a network in CIDR notation. */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && +bits <= (version === 4 ? 32 : 128));
}

/** Judges addresses against ranges; null where every address is allowed. */
export function allowList(ranges: readonly string[]): BlockList | null {
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
export function isAllowed(list: BlockList | null, ip: string): boolean {
  if (!list) return true;
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
}
