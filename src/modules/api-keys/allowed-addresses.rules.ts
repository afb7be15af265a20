import { BlockList, isIP } from 'node:net';

/** True for an IPv4 or IPv6 address without a zone, or a network in CIDR notation. */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && +bits <= (version === 4 ? 32 : 128));
}

/** Returns a list that contains the addresses of all ranges, or null when there is no range: no restriction. */
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

/** True when the list contains the address. An IPv4-mapped IPv6 address (`::ffff:1.2.3.4`) counts as IPv4. */
export function isAddressAllowed(list: BlockList | null, ip: string): boolean {
  if (!list) return true;
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
