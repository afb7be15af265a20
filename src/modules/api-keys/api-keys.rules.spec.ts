import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Role, ROLES, type Scope, SCOPES } from '@/platform/access/index.js';
import { SystemEntropy } from '@/platform/kernel/entropy.js';
import {
  canGrantScopes,
  hashApiKey,
  isApiKey,
  KEY_BYTES,
  KEY_PREFIX,
  scopesForRole,
  toDisplayPrefix,
} from './api-keys.rules.js';

const BODY = 'A'.repeat(86);
const KEY = `xntr-${BODY}`;

describe('the format of an API key', () => {
  it('is the prefix followed by 86 base64url characters', () => {
    for (const body of [BODY, '-'.repeat(86), '_'.repeat(86), `${'z'.repeat(43)}${'9'.repeat(43)}`])
      expect([body, isApiKey(`xntr-${body}`)]).toEqual([body, true]);
  });

  it('matches every key that is generated', () => {
    const entropy = new SystemEntropy();
    for (let count = 0; count < 100; count += 1) {
      const key = `${KEY_PREFIX}${entropy.token(KEY_BYTES)}`;
      expect(key).toHaveLength(91);
      expect(isApiKey(key)).toBe(true);
    }
  });

  it.each([
    ['nothing', ''],
    ['the prefix alone', 'xntr-'],
    ['a body that is one character too short', `xntr-${'A'.repeat(85)}`],
    ['a body that is one character too long', `xntr-${'A'.repeat(87)}`],
    ['a capitalized prefix', `XNTR-${BODY}`],
    ['another prefix', `xntr_${BODY}`],
    ['a missing prefix', BODY],
    ['leading white space', ` ${KEY}`],
    ['trailing white space', `${KEY} `],
    ['a trailing line feed', `${KEY}\n`],
    ['a leading line feed', `\n${KEY}`],
    ['a null character', `xntr-${'A'.repeat(85)}\u0000`],
    ['base64 that is not base64url', `xntr-${'A'.repeat(84)}+/`],
    ['padding', `xntr-${'A'.repeat(84)}==`],
    ['a fullwidth character', `xntr-${'A'.repeat(85)}Ａ`],
    ['two keys', `${KEY}, ${KEY}`],
    ['a huge string', `xntr-${'A'.repeat(1_000_000)}`],
  ])('excludes %s', (_name, key) => {
    expect(isApiKey(key)).toBe(false);
  });
});

describe('the stored form of an API key', () => {
  it('is its SHA-256', () => {
    expect(hashApiKey(KEY)).toEqual(createHash('sha256').update(KEY).digest());
    expect(hashApiKey('').toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('differs for keys that differ in one character', () => {
    const hashes = ['A', 'B', 'a', '-', '_'].map((last) => hashApiKey(KEY.slice(0, -1) + last));
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(5);
  });

  it('is shown with the first 12 characters of the key, which leave 79 characters unknown', () => {
    const key = `xntr-abcdefg${'z'.repeat(79)}`;
    expect(toDisplayPrefix(key)).toBe('xntr-abcdefg');
    expect(toDisplayPrefix('xntr')).toBe('xntr');
  });
});

describe('the scopes of an API key', () => {
  const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES));
  const readScopes = SCOPES.filter((scope) => scope.endsWith(':read'));
  const administrators: Role[] = ['owner', 'admin'];
  const others: Role[] = ROLES.filter((role) => !administrators.includes(role));

  it.each(administrators)('are all of its scopes while its creator is an %s', (role) => {
    fc.assert(fc.property(scopes, (granted) => expect(scopesForRole(role, granted)).toEqual(granted)));
  });

  it.each(others)('are only its read scopes while its creator is a %s', (role) => {
    expect(scopesForRole(role, SCOPES)).toEqual(readScopes);
    expect(scopesForRole(role, ['api:admin', 'api:write', 'live:write'])).toEqual([]);
    expect(scopesForRole(role, [])).toEqual([]);
  });

  it('never include a scope that the key was not created with, for any role', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), scopes, (role, granted) => {
        const effective = scopesForRole(role, granted);
        expect(granted.filter((scope) => effective.includes(scope))).toEqual(effective);
      }),
    );
  });

  it('can be granted by a role exactly when the new key would have all of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), scopes, (role, granted) => {
        expect(canGrantScopes(role, granted)).toBe(scopesForRole(role, granted).length === granted.length);
      }),
    );
  });

  it.each<[Role, Scope[], boolean]>([
    ['owner', ['api:admin'], true],
    ['admin', ['organizations:write', 'api:admin'], true],
    ['team_manager', ['organizations:read', 'api:read'], true],
    ['team_manager', ['organizations:read', 'organizations:write'], false],
    ['member', ['rag:read'], true],
    ['member', ['api:admin'], false],
    ['member', ['live:write'], false],
  ])('can be granted by a role: %s, %j, %s', (role, granted, allowed) => {
    expect(canGrantScopes(role, granted)).toBe(allowed);
  });
});
