import jwt from 'jsonwebtoken';
import { TokenSigner } from '@/modules/auth/tokens/token-signer.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser, tempTokenOf } from '@test/support/auth/given-users.js';
import { faultsOfRefusal } from '@test/support/http/invalid-input.js';

const ACCESS = { typ: 'at+jwt', audience: 'xentree' };

describe('in place of an access token, anything else', () => {
  let app: TestApp;
  let good: string;
  let challenge: string;

  beforeAll(async () => {
    app = await TestApp.start();
    good = (await givenUser(app)).accessToken;
    challenge = await tempTokenOf(app, await givenUser(app, { twoFactor: 'totp' }));
    // The second person's setup moved the clock; the token has to be alive for these tests to mean anything.
    await expectStatus(200, app.get('/api/auth/me', { token: good }));
  });

  afterAll(() => app.stop());

  function part(value: unknown): string {
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  }

  function forgeries(): Record<string, string> {
    const { header, payload } = jwt.decode(good, { complete: true }) as {
      header: jwt.JwtHeader;
      payload: jwt.JwtPayload;
    };
    const [head = '', body = '', signature = ''] = good.split('.');
    const signer = app.app.get(TokenSigner);
    const sign = (changed: object, claims: object): string =>
      jwt.sign({ ...payload, ...claims }, 'another key of thirty-two characters', {
        algorithm: 'HS256',
        header: { ...header, ...changed },
      });
    return {
      'no scheme': good,
      'no token': 'Bearer',
      'only spaces': 'Bearer    ',
      'two tokens': `Bearer ${good} ${good}`,
      'a list of tokens': `Bearer ${good}, Bearer ${good}`,
      'another scheme': `Basic ${good}`,
      'a token and garbage': `Bearer ${good}x`,
      'no signature': `Bearer ${head}.${body}.`,
      'two parts': `Bearer ${head}.${body}`,
      'four parts': `Bearer ${good}.${signature}`,
      'alg none': `Bearer ${part({ ...header, alg: 'none' })}.${body}.`,
      'alg none with a signature': `Bearer ${part({ ...header, alg: 'None' })}.${body}.${signature}`,
      'another key': `Bearer ${sign({}, {})}`,
      'an unknown kid': `Bearer ${sign({ kid: 'ffffffff' }, {})}`,
      'a kid that is no string': `Bearer ${part({ ...header, kid: { a: 1 } })}.${body}.${signature}`,
      'a changed claim': `Bearer ${head}.${part({ ...payload, sub: 'x' })}.${signature}`,
      'another audience': `Bearer ${signer.sign(ACCESS, { ...payload, aud: 'xentree:challenge' }, 900)}`,
      'another type': `Bearer ${signer.sign({ ...ACCESS, typ: 'JWT' }, payload, 900)}`,
      'a login challenge': `Bearer ${challenge}`,
      'no JSON in it': 'Bearer aaa.bbb.ccc',
      'a JWT header over garbage': `Bearer ${part({ typ: 'JWT' })}.aaa.bbb`,
      'a header that is null': `Bearer ${part('null')}.${part('null')}.aaa`,
      'a huge token': `Bearer ${'a'.repeat(200_000)}`,
      'a huge word': 'a'.repeat(200_000),
      'a huge run of dots': `Bearer ${'.'.repeat(100_000)}`,
    };
  }

  it('is refused in the one documented way, on every face', async () => {
    for (const [label, authorization] of Object.entries(forgeries())) {
      for (const url of ['/api/auth/me', '/api/v1/users/me']) {
        const answer = await app.app.inject({ url, headers: { authorization } });
        expect([label, answer.statusCode, faultsOfRefusal(answer)]).toEqual([label, 401, []]);
        expect(JSON.parse(answer.payload)).toMatchObject({
          detail: 'Invalid or expired token',
          code: 'token_invalid',
        });
      }
    }
  }, 60_000);

  it('is refused where credentials are optional too', async () => {
    for (const [label, authorization] of Object.entries(forgeries())) {
      const answer = await app.app.inject({
        method: 'POST',
        url: '/api/auth/refresh',
        headers: { authorization },
      });
      expect([label, answer.statusCode, faultsOfRefusal(answer)]).toEqual([label, 401, []]);
    }
    await expectStatus(200, app.get('/api/auth/me', { token: good }));
  }, 60_000);

  it('would be taken if its key, audience and type were right', async () => {
    const { payload } = jwt.decode(good, { complete: true }) as { payload: jwt.JwtPayload };
    const token = app.app.get(TokenSigner).sign(ACCESS, payload, 900);
    await expectStatus(200, app.get('/api/auth/me', { token }));
  });

  it('an expired one is refused', async () => {
    app.clock.advance(901);
    const refused = await expectStatus(401, app.get('/api/auth/me', { token: good }));
    expect(refused.body.detail).toBe('Invalid or expired token');
  });
});
