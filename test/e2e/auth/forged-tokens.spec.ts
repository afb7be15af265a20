import jwt from 'jsonwebtoken';
import { TokenSigner } from '@/modules/auth/tokens/token-signer.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUser, getTempToken } from '@test/support/auth/given-users.js';
import { findErrorResponseFaults } from '@test/support/http/invalid-input.js';
import { expectStatus } from '@test/support/http/responses.js';

const ACCESS_TOKEN_OPTIONS = { typ: 'at+jwt', audience: 'xentree' };

describe('an Authorization header without a valid access token', () => {
  let app: TestApp;
  let validToken: string;
  let challenge: string;

  beforeAll(async () => {
    app = await TestApp.start();
    validToken = (await givenUser(app)).accessToken;
    challenge = await getTempToken(app, await givenUser(app, { twoFactor: 'totp' }));
    // The setup of the second user moved the clock. The token must be valid, or these tests would prove nothing.
    await expectStatus(200, app.get('/api/auth/me', { token: validToken }));
  });

  afterAll(() => app.stop());

  function encodePart(value: unknown): string {
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  }

  function forgedTokens(): Record<string, string> {
    const { header, payload } = jwt.decode(validToken, { complete: true }) as {
      header: jwt.JwtHeader;
      payload: jwt.JwtPayload;
    };
    const [head = '', body = '', signature = ''] = validToken.split('.');
    const signer = app.nest.get(TokenSigner);
    const sign = (changed: object, claims: object): string =>
      jwt.sign({ ...payload, ...claims }, 'another key of thirty-two characters', {
        algorithm: 'HS256',
        header: { ...header, ...changed },
      });
    return {
      'no scheme': validToken,
      'no token': 'Bearer',
      'only spaces': 'Bearer    ',
      'two tokens': `Bearer ${validToken} ${validToken}`,
      'a list of tokens': `Bearer ${validToken}, Bearer ${validToken}`,
      'another scheme': `Basic ${validToken}`,
      'a token and garbage': `Bearer ${validToken}x`,
      'no signature': `Bearer ${head}.${body}.`,
      'two parts': `Bearer ${head}.${body}`,
      'four parts': `Bearer ${validToken}.${signature}`,
      'alg none': `Bearer ${encodePart({ ...header, alg: 'none' })}.${body}.`,
      'alg none with a signature': `Bearer ${encodePart({ ...header, alg: 'None' })}.${body}.${signature}`,
      'another key': `Bearer ${sign({}, {})}`,
      'an unknown kid': `Bearer ${sign({ kid: 'ffffffff' }, {})}`,
      'a kid that is no string': `Bearer ${encodePart({ ...header, kid: { a: 1 } })}.${body}.${signature}`,
      'a changed claim': `Bearer ${head}.${encodePart({ ...payload, sub: 'x' })}.${signature}`,
      'another audience': `Bearer ${signer.sign(ACCESS_TOKEN_OPTIONS, { ...payload, aud: 'xentree:challenge' }, 900)}`,
      'another type': `Bearer ${signer.sign({ ...ACCESS_TOKEN_OPTIONS, typ: 'JWT' }, payload, 900)}`,
      'a login challenge': `Bearer ${challenge}`,
      'no JSON in it': 'Bearer aaa.bbb.ccc',
      'a JWT header over garbage': `Bearer ${encodePart({ typ: 'JWT' })}.aaa.bbb`,
      'a header that is null': `Bearer ${encodePart('null')}.${encodePart('null')}.aaa`,
      'a huge token': `Bearer ${'a'.repeat(200_000)}`,
      'a huge word': 'a'.repeat(200_000),
      'a huge run of dots': `Bearer ${'.'.repeat(100_000)}`,
    };
  }

  it('is refused with the documented 401 in both APIs', async () => {
    for (const [label, authorization] of Object.entries(forgedTokens())) {
      for (const url of ['/api/auth/me', '/api/v1/users/me']) {
        const response = await app.nest.inject({ url, headers: { authorization } });
        expect([label, response.statusCode, findErrorResponseFaults(response)]).toEqual([label, 401, []]);
        expect(JSON.parse(response.payload)).toMatchObject({
          detail: 'Invalid or expired token',
          code: 'token_invalid',
        });
      }
    }
  });

  it('is refused by routes with optional credentials', async () => {
    for (const [label, authorization] of Object.entries(forgedTokens())) {
      const response = await app.nest.inject({
        method: 'POST',
        url: '/api/auth/refresh',
        headers: { authorization },
      });
      expect([label, response.statusCode, findErrorResponseFaults(response)]).toEqual([label, 401, []]);
    }
    await expectStatus(200, app.get('/api/auth/me', { token: validToken }));
  });

  it('would be accepted with the right key, audience and type', async () => {
    const { payload } = jwt.decode(validToken, { complete: true }) as { payload: jwt.JwtPayload };
    const token = app.nest.get(TokenSigner).sign(ACCESS_TOKEN_OPTIONS, payload, 900);
    await expectStatus(200, app.get('/api/auth/me', { token }));
  });

  it('is refused when the token has expired', async () => {
    app.clock.advance(901);
    const refused = await expectStatus(401, app.get('/api/auth/me', { token: validToken }));
    expect(refused.body.detail).toBe('Invalid or expired token');
  });
});
