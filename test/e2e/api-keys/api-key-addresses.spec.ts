import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { createApiKey, givenApiKey, type TestApiKey, callWithApiKey } from '@test/support/auth/api-keys.js';
import { statusAndCode } from '@test/support/http/responses.js';
import { givenOwnerWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

/** Allowed ranges, addresses inside them, addresses outside. */
const ADDRESS_CASES: [string[], string[], string[]][] = [
  [
    ['203.0.113.7'],
    ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107'],
    ['203.0.113.8', '::cb00:7107'],
  ],
  [
    ['203.0.113.0/24'],
    ['203.0.113.0', '203.0.113.255', '::ffff:203.0.113.9'],
    ['203.0.114.0', '203.0.112.255'],
  ],
  [['10.20.32.1/20'], ['10.20.32.0', '10.20.47.255'], ['10.20.48.0', '10.20.31.255', '10.20.0.1']],
  [['172.16.0.0/13'], ['172.16.0.1', '172.23.255.255'], ['172.24.0.0', '172.15.255.255']],
  [['198.51.100.6/31'], ['198.51.100.6', '198.51.100.7'], ['198.51.100.5', '198.51.100.8']],
  [['0.0.0.0/0'], ['1.2.3.4', '255.255.255.255', '::ffff:1.2.3.4'], ['2001:db8::1', '::1']],
  [['2001:db8::1'], ['2001:db8::1', '2001:DB8:0:0:0:0:0:1'], ['2001:db8::2', '1.2.3.4']],
  [['2001:db8:a000::/36'], ['2001:db8:a000::1', '2001:db8:afff::'], ['2001:db8:b000::', '2001:db8:9fff::1']],
  [['2001:db8::/127'], ['2001:db8::', '2001:db8::1'], ['2001:db8::2']],
  [['::ffff:203.0.113.7'], ['203.0.113.7', '::ffff:203.0.113.7'], ['203.0.113.8', '::ffff:203.0.113.8']],
  [['::ffff:10.0.0.0/104'], ['10.9.8.7', '::ffff:10.9.8.7'], ['11.0.0.1', '::ffff:11.0.0.1']],
  [
    ['192.0.2.1', '2001:db8::/32'],
    ['192.0.2.1', '2001:db8:ffff::1'],
    ['192.0.2.2', '2001:db9::1'],
  ],
];

describe('the allowed addresses of an API key', () => {
  let app: TestApp;
  let founder: UserWithId & { organizationId: string };

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
    founder = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const createKeyForAddresses = (allowed_ips: string[]): Promise<TestApiKey> =>
    givenApiKey(app, { organizationId: founder.organizationId, by: founder, allowed_ips });
  const callFrom = (key: TestApiKey, ip: string, route = 'GET /api/organizations'): Promise<TestResponse> =>
    callWithApiKey(app, key, route, undefined, { 'x-forwarded-for': ip });

  it.each(ADDRESS_CASES)('%j contain %j and not %j', async (ranges, inside, outside) => {
    const key = await createKeyForAddresses(ranges);
    for (const ip of inside) expect([ip, (await callFrom(key, ip)).status]).toEqual([ip, 200]);
    for (const ip of outside)
      expect([ip, ...statusAndCode(await callFrom(key, ip))]).toEqual([ip, 403, 'ip_not_allowed']);
  });

  it('include every address when the list is empty', async () => {
    const key = await createKeyForAddresses([]);
    for (const ip of ['1.2.3.4', '2001:db8::1', '::ffff:1.2.3.4'])
      expect((await callFrom(key, ip)).status).toBe(200);
  });

  it('are checked before the scope and before the kind of credentials', async () => {
    const key = await createKeyForAddresses(['192.0.2.1']);
    for (const route of ['GET /api/organizations', 'GET /api/auth/me', 'POST /api/organizations'])
      expect(statusAndCode(await callFrom(key, '192.0.2.2', route))).toEqual([403, 'ip_not_allowed']);
    expect(statusAndCode(await callFrom(key, '192.0.2.1', 'GET /api/auth/me'))).toEqual([
      403,
      'bearer_required',
    ]);
  });

  it('apply to the address that the trusted proxy reports, not to one the client claims', async () => {
    const key = await createKeyForAddresses(['192.0.2.1']);
    expect((await callFrom(key, '203.0.113.9, 192.0.2.1')).status).toBe(200);
    expect(statusAndCode(await callFrom(key, '192.0.2.1, 203.0.113.9'))).toEqual([403, 'ip_not_allowed']);
    expect(statusAndCode(await callWithApiKey(app, key, 'GET /api/organizations'))).toEqual([
      403,
      'ip_not_allowed',
    ]);
    const direct = await TestApp.start({ siblingOf: app });
    const spoofed = await callWithApiKey(direct, key, 'GET /api/organizations', undefined, {
      'x-forwarded-for': '192.0.2.1',
    });
    await direct.stop();
    expect(statusAndCode(spoofed)).toEqual([403, 'ip_not_allowed']);
  });

  it('are shown as the client wrote them', async () => {
    const allowed_ips = ['10.20.32.1/20', '2001:DB8::/32', '::ffff:1.2.3.4'];
    const made = await createApiKey(app, {
      organizationId: founder.organizationId,
      by: founder,
      allowed_ips,
    });
    expect(made.body.allowed_ips).toEqual(allowed_ips);
  });
});
