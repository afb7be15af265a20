import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { normalizeForwardedHops, readHops } from './client-address.js';
import { toTrustProxyOption } from './fastify.js';

const PEER = '127.0.0.1';

describe('the hops of X-Forwarded-For', () => {
  it.each([
    ['203.0.113.9', ['203.0.113.9']],
    ['203.0.113.9:51234', ['203.0.113.9']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    ['[2001:db8::1]:443', ['2001:db8::1']],
    ['fe80::1%eth0', ['fe80::1']],
    ['::ffff:203.0.113.9', ['::ffff:203.0.113.9']],
    ['198.51.100.1 ,\t203.0.113.9:1', ['198.51.100.1', '203.0.113.9']],
    ['198.51.100.1, unknown, 203.0.113.9', ['203.0.113.9']],
    ['198.51.100.1, , 203.0.113.9', ['203.0.113.9']],
    ['198.51.100.1, _hidden:80', []],
    ['198.51.100.1,', []],
    ['', []],
  ])('%j are %j', (header, hops) => {
    expect(readHops(header)).toEqual(hops);
  });

  it.each([
    'localhost',
    '203.0.113.9:',
    '203.0.113.9:x',
    '203.0.113.9:123456',
    '203.0.113',
    '0203.0.113.9',
    '203.0.113.256',
    '[203.0.113.9]:80',
    '[2001:db8::1',
    '[2001:db8::1]x',
    '2001:db8::1]:443',
    '[]:443',
    '"203.0.113.9"',
    'for=203.0.113.9',
  ])('do not include %s', (hop) => {
    expect(readHops(`198.51.100.1, ${hop}`)).toEqual([]);
  });
});

describe('the address of a client', () => {
  const open: FastifyInstance[] = [];
  afterAll(() => Promise.all(open.map((fastify) => fastify.close())));

  /** Returns a function that returns the address for a header, or for none. */
  function givenServer(trustProxy: number | string[]): (header?: string) => Promise<string> {
    const fastify = Fastify({ trustProxy: toTrustProxyOption(trustProxy) } as object);
    open.push(fastify);
    normalizeForwardedHops(fastify);
    fastify.get('/', ({ ip }) => ip);
    return async (header) => {
      const headers = header === undefined ? {} : { 'x-forwarded-for': header };
      return (await fastify.inject({ url: '/', remoteAddress: PEER, headers })).payload;
    };
  }

  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  /** A hop as a proxy writes it, and its address; null for what is no address. */
  const hop = fc.oneof(
    { weight: 4, arbitrary: address.map((ip) => [ip, ip] as const) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(address, fc.integer({ min: 0, max: 65_535 }))
        .map(([ip, port]) => [ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`, ip] as const),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('unknown', '_x', '', '1.2.3', '[::1', 'a:80')
        .map((text) => [text, null] as const),
    },
  );

  it.each([1, 2, 3])(
    'is the hop that %i trusted proxies wrote, or the nearest one before a gap',
    async (trusted) => {
      const addressOf = givenServer(trusted);
      const property = fc.asyncProperty(fc.array(hop, { maxLength: 6 }), async (hops) => {
        let expected = PEER;
        for (const [, ip] of hops.slice(-trusted).reverse()) {
          if (ip === null) break;
          expected = ip;
        }
        expect(await addressOf(hops.map(([text]) => text).join(', '))).toBe(expected);
      });
      await fc.assert(property, { numRuns: 200 });
    },
  );

  it('does not depend on what stands left of the trusted hops', async () => {
    const addressOf = givenServer(1);
    const property = fc.asyncProperty(fc.array(hop, { maxLength: 4 }), fc.ipV4(), async (forged, ip) => {
      expect(await addressOf([...forged.map(([text]) => text), `${ip}:51234`].join(','))).toBe(ip);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('is the first one outside the trusted ranges', async () => {
    const addressOf = givenServer(['127.0.0.0/8', '10.0.0.0/8', '2001:db8:1::/48']);
    expect(await addressOf()).toBe(PEER);
    expect(await addressOf('198.51.100.7, 203.0.113.9:4711, [2001:db8:1::5]:443, 10.1.2.3:80')).toBe(
      '203.0.113.9',
    );
    expect(await addressOf('203.0.113.9, unknown, 10.1.2.3:80')).toBe('10.1.2.3');
    expect(await addressOf('203.0.113.9, unknown')).toBe(PEER);
  });
});
