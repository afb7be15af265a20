import type { OrganizationId } from '@/platform/kernel/ids.js';
import { buildAllowList } from './allowed-addresses.rules.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import type { ApiKeyCache, CachedApiKey } from './api-key-cache.js';

const KEY = `xntr-${'A'.repeat(86)}`;
const STRONG_KEY: CachedApiKey = {
  id: 'key',
  organization_id: 'acme' as OrganizationId,
  created_by: 'ada',
  scopes: ['rag:read', 'rag:write'],
  allowed_ips: [],
  second_factor: true,
  expires_at: null,
  role: 'admin',
  enforce_2fa: false,
  creator_has_second_factor: true,
  allowedAddresses: null,
};

/** Returns an authenticator over a cache with one key, and the calls that reached the cache. */
function givenKey(changes: Partial<CachedApiKey> = {}) {
  const calls: string[] = [];
  const stored = { ...STRONG_KEY, ...changes };
  const cache: Pick<ApiKeyCache, 'findUsable' | 'markUsed'> = {
    findUsable: (key) => {
      calls.push(`find ${key}`);
      return Promise.resolve(key === KEY ? stored : null);
    },
    markUsed: (id) => void calls.push(`used ${id}`),
  };
  return { authenticator: new ApiKeyAuthenticator(cache as ApiKeyCache), calls };
}

const resolve = (changes: Partial<CachedApiKey>, ip = '192.0.2.1') =>
  givenKey(changes).authenticator.resolve(KEY, ip);

describe('authentication by API key', () => {
  it('makes the actor the creator, limited to the organization and scopes of the key', async () => {
    expect(await resolve({})).toEqual({
      via: 'api_key',
      userId: 'ada',
      secondFactor: true,
      keyId: 'key',
      organizationId: 'acme',
      scopes: ['rag:read', 'rag:write'],
    });
  });

  it('leaves the key of a member only its read scopes', async () => {
    expect(await resolve({ role: 'member' })).toMatchObject({ scopes: ['rag:read'] });
  });

  it('records the use of an accepted key', async () => {
    const { authenticator, calls } = givenKey();
    await authenticator.resolve(KEY, '192.0.2.1');
    expect(calls).toEqual([`find ${KEY}`, 'used key']);
  });

  it('does not ask the cache for a string that has not the format of a key', async () => {
    const { authenticator, calls } = givenKey();
    for (const key of ['', 'nonsense', KEY.slice(0, -1), `${KEY}A`, KEY.toUpperCase()])
      expect(await authenticator.resolve(key, '192.0.2.1')).toBeNull();
    expect(calls).toEqual([]);
  });

  it('returns null for an unknown key and records no use', async () => {
    const { authenticator, calls } = givenKey();
    const unknown = `xntr-${'B'.repeat(86)}`;
    expect(await authenticator.resolve(unknown, '192.0.2.1')).toBeNull();
    expect(calls).toEqual([`find ${unknown}`]);
  });

  it('refuses an address that is not allowed, and records no use', async () => {
    const { authenticator, calls } = givenKey({ allowedAddresses: buildAllowList(['192.0.2.0/24']) });
    await expect(authenticator.resolve(KEY, '198.51.100.1')).rejects.toMatchObject({
      code: 'ip_not_allowed',
    });
    await expect(authenticator.resolve(KEY, '')).rejects.toMatchObject({ code: 'ip_not_allowed' });
    expect(calls).not.toContain('used key');
    expect(await authenticator.resolve(KEY, '192.0.2.255')).not.toBeNull();
  });

  it('checks the address before the second factor', async () => {
    const changes = {
      allowedAddresses: buildAllowList(['192.0.2.1']),
      enforce_2fa: true,
      second_factor: false,
    };
    await expect(resolve(changes, '192.0.2.2')).rejects.toMatchObject({ code: 'ip_not_allowed' });
    await expect(resolve(changes, '192.0.2.1')).rejects.toMatchObject({ code: 'two_factor_required' });
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'counts a second factor only when the key (%s) and its creator (%s) have one',
    async (second_factor, creator_has_second_factor) => {
      const secondFactor = second_factor && creator_has_second_factor;
      const state = { second_factor, creator_has_second_factor };
      expect(await resolve({ ...state, enforce_2fa: false })).toMatchObject({ secondFactor });
      const enforced = resolve({ ...state, enforce_2fa: true });
      if (secondFactor) expect(await enforced).toMatchObject({ secondFactor: true });
      else await expect(enforced).rejects.toMatchObject({ code: 'two_factor_required', status: 403 });
    },
  );
});
