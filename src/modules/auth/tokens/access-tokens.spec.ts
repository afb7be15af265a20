import fc from 'fast-check';
import { TestClock } from '@test/support/app/test-clock.js';
import { ACCESS_TOKEN, AccessTokens } from './access-tokens.js';
import type { TokenKind, TokenSigner } from './token-signer.js';

describe('AccessTokens', () => {
  const clock = new TestClock();
  clock.freeze();
  const signed: [TokenKind, Record<string, unknown>, number][] = [];
  const signer = {
    sign: (...call: (typeof signed)[number]) => `token ${signed.push(call)}`,
  } as unknown as TokenSigner;
  const tokens = new AccessTokens(signer, clock);
  const endingIn = (seconds: number) => ({ id: 's', user_id: 'ada', expires_at: clock.after(seconds) });

  it.each([
    [86_400, 900],
    [900, 900],
    [899.999, 899],
    [300, 300],
    [1.999, 1],
    [1, 1],
    [0.5, 1],
    [0, 1],
    [-100, 1],
  ])('of a session that ends in %s seconds are valid for %i', (secondsLeft, expected) => {
    expect(tokens.lifetime(endingIn(secondsLeft))).toBe(expected);
  });

  it('never outlive their session by more than a second, nor 15 minutes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100_000, noNaN: true }), (secondsLeft) => {
        const lifetime = tokens.lifetime(endingIn(secondsLeft));
        expect(Number.isInteger(lifetime)).toBe(true);
        expect(lifetime).toBeLessThanOrEqual(Math.max(1, secondsLeft));
        expect(lifetime).toBeLessThanOrEqual(900);
      }),
    );
  });

  it('name the user, the session and themselves, and nothing else', () => {
    signed.length = 0;
    tokens.issue(endingIn(86_400));
    tokens.issue(endingIn(86_400));
    const [[kind, claims, lifetime], [, otherClaims]] = signed as [
      (typeof signed)[number],
      (typeof signed)[number],
    ];
    expect([kind, lifetime]).toEqual([ACCESS_TOKEN, 900]);
    expect(Object.keys(claims).sort()).toEqual(['jti', 'sid', 'sub']);
    expect(claims).toMatchObject({ sub: 'ada', sid: 's' });
    expect(claims.jti).not.toBe(otherClaims.jti);
  });
});
