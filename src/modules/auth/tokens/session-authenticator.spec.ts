import type { ExecutionContext } from '@nestjs/common';
import type { ActiveSession, SessionCache } from '../sessions/session-cache.js';
import type { AccessTokenGuard, RequestWithClaims } from './access-token.guard.js';
import { extractBearerToken } from './access-token.strategy.js';
import { SessionAuthenticator } from './session-authenticator.js';
import type { TokenClaims, TokenSigner } from './token-signer.js';

const SESSION: ActiveSession = {
  id: 'session-1',
  user_id: 'user-1',
  expires_at: new Date(9e12),
  password_at: new Date(1000),
  second_factor_at: null,
  refresh_salt: null,
};

/** Fakes of the collaborators: tokens map to claims as if passport had verified them. */
class Fixture {
  guardCalls: string[] = [];
  seen: string[] = [];
  sessions = new Map([['session-1', SESSION]]);
  tokens = new Map<string, TokenClaims | null>();
  expired = false;

  readonly authenticator = new SessionAuthenticator(
    {
      canActivate: async (context: ExecutionContext) => {
        const request = context.switchToHttp().getRequest<RequestWithClaims>();
        const token = extractBearerToken(request) ?? '';
        this.guardCalls.push(token);
        request.accessTokenClaims = this.tokens.get(token) ?? null;
        return true;
      },
    } as unknown as AccessTokenGuard,
    { hasExpired: () => this.expired } as unknown as TokenSigner,
    {
      findActive: async (id: string) => this.sessions.get(id) ?? null,
      markSeen: (id: string) => void this.seen.push(id),
    } as unknown as SessionCache,
  );

  resolve(authorization?: string) {
    const request = { headers: { authorization } };
    const context = { switchToHttp: () => ({ getRequest: () => request }) };
    return this.authenticator.resolve(context as unknown as ExecutionContext);
  }
}

describe('SessionAuthenticator', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
    fixture.tokens.set('good', { sid: 'session-1', exp: 1 });
  });

  it('returns the actor of the session that the token names', async () => {
    expect(await fixture.resolve('Bearer good')).toEqual({
      via: 'session',
      userId: 'user-1',
      sessionId: 'session-1',
      secondFactor: false,
      passwordAt: new Date(1000),
      secondFactorAt: null,
    });
    expect(fixture.seen).toEqual(['session-1']);
  });

  it('reads the second factor from the session, not from the token', async () => {
    fixture.tokens.set('good', { sid: 'session-1', second_factor: true });
    expect(await fixture.resolve('Bearer good')).toMatchObject({ secondFactor: false });
    fixture.sessions.set('session-1', { ...SESSION, second_factor_at: new Date(2000) });
    expect(await fixture.resolve('Bearer good')).toMatchObject({
      secondFactor: true,
      secondFactorAt: new Date(2000),
    });
  });

  it('verifies a token once, and checks session and expiry at every request', async () => {
    for (let call = 0; call < 5; call += 1) expect(await fixture.resolve('Bearer good')).not.toBeNull();
    expect(fixture.guardCalls).toEqual(['good']);
    fixture.sessions.clear();
    expect(await fixture.resolve('Bearer good')).toBeNull();
    fixture.sessions.set('session-1', SESSION);
    fixture.expired = true;
    expect(await fixture.resolve('Bearer good')).toBeNull();
    fixture.expired = false;
    expect(await fixture.resolve('Bearer good')).not.toBeNull();
    expect(fixture.guardCalls).toEqual(['good']);
  });

  it('does not cache an invalid token', async () => {
    expect(await fixture.resolve('Bearer bad')).toBeNull();
    fixture.tokens.set('bad', { sid: 'session-1' });
    expect(await fixture.resolve('Bearer bad')).not.toBeNull();
    expect(fixture.guardCalls).toEqual(['bad', 'bad']);
  });

  it('does not call the guard without a token', async () => {
    expect(await fixture.resolve(undefined)).toBeNull();
    expect(await fixture.resolve('')).toBeNull();
    expect(await fixture.resolve('Basic good')).toBeNull();
    expect(fixture.guardCalls).toEqual([]);
  });

  it.each([undefined, 1, null, ['session-1'], { id: 'session-1' }, ''])(
    'returns null for a session id of %j',
    async (sid) => {
      fixture.tokens.set('good', { sid });
      expect(await fixture.resolve('Bearer good')).toBeNull();
      expect(fixture.seen).toEqual([]);
    },
  );

  it('verifies each token once, however many there are, and one that differs in a letter on its own', async () => {
    const tokens = Array.from({ length: 20_000 }, (_, index) => `token-${index}`);
    for (const token of tokens) {
      fixture.tokens.set(token, { sid: 'session-1' });
      await fixture.resolve(`Bearer ${token}`);
    }
    fixture.guardCalls = [];
    for (const token of tokens) expect(await fixture.resolve(`Bearer ${token}`)).not.toBeNull();
    expect(fixture.guardCalls).toEqual([]);
    expect(await fixture.resolve('Bearer token-0x')).toBeNull();
    expect(fixture.guardCalls).toEqual(['token-0x']);
  });

  it('tells whether the session of an actor still exists', async () => {
    const actor = await fixture.resolve('Bearer good');
    if (!actor) throw new Error('no actor');
    expect(await fixture.authenticator.isStillValid(actor)).toBe(true);
    fixture.sessions.clear();
    expect(await fixture.authenticator.isStillValid(actor)).toBe(false);
  });
});

describe('extractBearerToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER    abc', 'abc'],
    ['Bearer a.b.c', 'a.b.c'],
    ['Bearer a,b', 'a,b'],
  ])('of %j is %j', (authorization, token) => {
    expect(extractBearerToken({ headers: { authorization } })).toBe(token);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer\tabc',
    'Bearer abc def',
    'Bearer abc ',
    ' Bearer abc',
    'Bearer abc, Bearer abc',
    'Bearer\nabc',
    'Bearerabc',
    'Token abc',
    'Basic Bearer abc',
  ])('of %j is null', (authorization) => {
    expect(extractBearerToken({ headers: { authorization } })).toBeNull();
  });

  it('is null without the header', () => {
    expect(extractBearerToken({ headers: {} })).toBeNull();
  });

  it('takes linear time on hostile headers', () => {
    const start = performance.now();
    for (const text of [
      ' '.repeat(1_000_000),
      `Bearer${' '.repeat(1_000_000)}`,
      `Bearer ${'a '.repeat(500_000)}`,
    ])
      expect(extractBearerToken({ headers: { authorization: text } })).toBeNull();
    expect(performance.now() - start).toBeLessThan(500);
  });
});
