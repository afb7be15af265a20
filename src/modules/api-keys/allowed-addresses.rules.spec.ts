import fc from 'fast-check';
import { buildAllowList, isAddressAllowed, isAddressRange } from './allowed-addresses.rules.js';

const allows = (ranges: string[], ip: string): boolean => isAddressAllowed(buildAllowList(ranges), ip);

describe('an address range', () => {
  it.each([
    '0.0.0.0',
    '203.0.113.7',
    '255.255.255.255',
    '0.0.0.0/0',
    '10.20.32.1/20',
    '10.0.0.0/32',
    '::',
    '::1',
    '::/0',
    '2001:DB8::/32',
    '2001:db8:0:0:0:0:0:1/128',
    '::ffff:1.2.3.4',
    '::ffff:10.0.0.0/104',
  ])('is %s', (range) => {
    expect(isAddressRange(range)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a mask alone', '/8'],
    ['a missing mask', '10.0.0.0/'],
    ['a mask beyond IPv4', '10.0.0.0/33'],
    ['a mask beyond IPv6', '::/129'],
    ['a mask of four digits', '::/0128'],
    ['a mask with a leading zero', '10.0.0.0/08'],
    ['a double zero as the mask', '10.0.0.0/00'],
    ['a signed mask', '10.0.0.0/+8'],
    ['a negative mask', '10.0.0.0/-1'],
    ['a fractional mask', '10.0.0.0/8.0'],
    ['an exponential mask', '10.0.0.0/1e1'],
    ['a hexadecimal mask', '10.0.0.0/0x8'],
    ['a mask with a space', '10.0.0.0/ 8'],
    ['a netmask', '10.0.0.0/255.0.0.0'],
    ['two masks', '10.0.0.0/8/8'],
    ['three octets', '10.0.0'],
    ['an octet with a leading zero', '010.0.0.1'],
    ['an octet beyond 255', '10.0.0.256'],
    ['an address with a zone', 'fe80::1%eth0'],
    ['a network with a zone', 'fe80::%eth0/64'],
    ['two double colons', '1::2::3'],
    ['brackets', '[::1]'],
    ['a port', '10.0.0.1:443'],
    ['a host name', 'example.com'],
    ['a wildcard', '*'],
    ['a list', '10.0.0.1,10.0.0.2'],
    ['a range with a dash', '10.0.0.1-10.0.0.9'],
    ['leading white space', ' 10.0.0.1'],
    ['trailing white space', '10.0.0.1 '],
    ['a line feed', '10.0.0.1\n'],
    ['fullwidth digits', '１０.0.0.1'],
  ])('is not %s', (_name, range) => {
    expect(isAddressRange(range)).toBe(false);
  });

  it('can always be put on an allow list', () => {
    const bits = fc.option(fc.integer({ min: -2, max: 140 }), { nil: undefined });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), bits, (address, mask) => {
        const range = mask === undefined ? address : `${address}/${mask}`;
        if (isAddressRange(range)) expect(() => buildAllowList([range])).not.toThrow();
      }),
    );
  });
});

describe('an allow list', () => {
  it('does not exist without ranges, and then every address is allowed', () => {
    expect(buildAllowList([])).toBeNull();
    for (const ip of ['1.2.3.4', '::1', '', 'nonsense']) expect(isAddressAllowed(null, ip)).toBe(true);
  });

  it.each([
    [['203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], '203.0.113.8', false],
    [['203.0.113.7/32'], '203.0.113.7', true],
    [['203.0.113.7/32'], '203.0.113.6', false],
    [['10.20.32.1/20'], '10.20.47.255', true],
    [['10.20.32.1/20'], '10.20.48.0', false],
    [['0.0.0.0/0'], '255.255.255.255', true],
    [['0.0.0.0/0'], '::1', false],
    [['::/0'], '2001:db8::1', true],
    [['::/0'], 'fe80::1', true],
    [['2001:db8::/127'], '2001:db8::1', true],
    [['2001:db8::/127'], '2001:db8::2', false],
    [['192.0.2.1', '2001:db8::/32'], '2001:db8:ffff::1', true],
    [['192.0.2.1', '2001:db8::/32'], '192.0.2.2', false],
  ])('of %j contains %s: %s', (ranges, ip, contained) => {
    expect(allows(ranges, ip)).toBe(contained);
  });

  it.each(['::ffff:203.0.113.7', '::FFFF:203.0.113.7', '::ffff:cb00:7107'])(
    'of an IPv4 address contains its IPv4-mapped form %s',
    (ip) => {
      expect(allows(['203.0.113.7'], ip)).toBe(true);
    },
  );

  it('of an IPv4-mapped range contains the IPv4 addresses', () => {
    expect(allows(['::ffff:203.0.113.7'], '203.0.113.7')).toBe(true);
    expect(allows(['::ffff:10.0.0.0/104'], '10.255.255.255')).toBe(true);
    expect(allows(['::ffff:10.0.0.0/104'], '11.0.0.0')).toBe(false);
  });

  it('ignores the zone of a link-local address', () => {
    expect(allows(['fe80::1'], 'fe80::1%eth0')).toBe(true);
    expect(allows(['fe80::1'], 'fe80::2%eth0')).toBe(false);
  });

  it.each(['', 'nonsense', '10.0.0', '10.0.0.1, 10.0.0.2', '10.0.0.1/32', ' 10.0.0.1', '%10.0.0.1'])(
    'does not contain %j, which is not an address',
    (ip) => {
      expect(allows(['0.0.0.0/0', '::/0'], ip)).toBe(false);
    },
  );

  it('of a network contains exactly the addresses with the same leading bits', () => {
    const octets = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255)));
    fc.assert(
      fc.property(
        octets,
        octets,
        fc.integer({ min: 0, max: 32 }),
        fc.boolean(),
        (base, other, bits, near) => {
          // Half of the addresses share three octets with the network, which makes both outcomes likely.
          const ip = near ? [...base.slice(0, 3), other[3] ?? 0] : other;
          const [network, address] = [toBits(base), toBits(ip)];
          const contained = network.slice(0, bits) === address.slice(0, bits);
          expect(allows([`${base.join('.')}/${bits}`], ip.join('.'))).toBe(contained);
        },
      ),
    );
  });

  it('contains what one of its ranges contains', () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4(), { minLength: 1, maxLength: 5 }), fc.ipV4(), (ranges, ip) => {
        for (const range of ranges) expect(allows(ranges, range)).toBe(true);
        expect(allows(ranges, ip)).toBe(ranges.includes(ip));
      }),
    );
  });
});

function toBits(octets: number[]): string {
  return octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
}
