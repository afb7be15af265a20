import type { ClientInfo } from '@/platform/access/actor.js';
import type { AppError } from '@/platform/errors/index.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { TokenResponse } from '../tokens/dto/token.responses.js';
import type { RefreshService } from '../tokens/refresh.service.js';
import type { TokenPairIssuer } from '../tokens/token-pair-issuer.js';
import { TokenRequest } from './dto/login.requests.js';
import { XcLoginResponse } from './dto/xc-login.responses.js';
import type { LoginResult, PasswordLoginInput, PasswordLoginService } from './password-login.service.js';
import type { SecondFactorLoginInput, SecondFactorLoginService } from './second-factor-login.service.js';
import { XentreeLoginService } from './xentree-login.service.js';

const CLIENT: ClientInfo = { ip: '203.0.113.7', network: '203.0.113.7', userAgent: 'test' };
const SESSION = { id: 'session', refresh_counter: 1 } as Session;

describe('XentreeLoginService', () => {
  let inputs: (PasswordLoginInput | SecondFactorLoginInput)[];
  let loginResult: LoginResult;
  let service: XentreeLoginService;

  beforeEach(() => {
    inputs = [];
    loginResult = { session: SESSION };
    service = new XentreeLoginService(
      {
        login: async (input: PasswordLoginInput) => (inputs.push(input), loginResult),
      } as unknown as PasswordLoginService,
      {
        verify: async (input: SecondFactorLoginInput) => (inputs.push(input), SESSION),
      } as unknown as SecondFactorLoginService,
      {
        issue: (session: Session, counter: number) =>
          TokenResponse.from({ accessToken: `access of ${session.id}`, refreshToken: `refresh ${counter}` }),
      } as unknown as TokenPairIssuer,
      {
        rotate: async (token: string) => TokenResponse.from({ accessToken: `access for ${token}` }),
      } as unknown as RefreshService,
    );
  });

  const issueToken = (fields: Partial<TokenRequest>): Promise<TokenResponse> =>
    service.issueToken(CLIENT, Object.assign(new TokenRequest(), fields));

  async function error(fields: Partial<TokenRequest>): Promise<AppError> {
    return issueToken(fields).then(
      () => Promise.reject(new Error('no error')),
      (thrown: AppError) => thrown,
    );
  }

  it('logs in with a password by default, with refresh tokens', async () => {
    expect(await issueToken({ username: 'ada', password: 'x' })).toMatchObject({
      access_token: 'access of session',
      token_type: 'bearer',
      refresh_token: 'refresh 1',
    });
    expect(inputs).toEqual([{ identifier: 'ada', password: 'x', client: CLIENT, refreshable: true }]);
  });

  it('rotates a refresh token', async () => {
    const response = await issueToken({ grant_type: 'refresh_token', refresh_token: 'r' });
    expect(response.access_token).toBe('access for r');
    expect((await error({ grant_type: 'refresh_token' })).code).toBe('validation_failed');
    expect((await error({ grant_type: 'client_credentials' })).code).toBe('unsupported_grant_type');
  });

  it('finishes a login with a code, and ignores username and password then', async () => {
    const fields = { temp_token: 't', code: '123456', username: 'eve', password: 'y' };
    await issueToken({ grant_type: 'two_factor', ...fields });
    expect(inputs).toEqual([{ tempToken: 't', code: '123456', client: CLIENT, refreshable: true }]);
  });

  it.each([
    [{}, ['username', 'password']],
    [{ username: 'ada' }, ['password']],
    [{ password: 'x' }, ['username']],
    [{ temp_token: 't', code: '123456' }, ['username', 'password']],
    [{ grant_type: 'two_factor' }, ['temp_token', 'code']],
    [{ grant_type: 'two_factor', code: '123456' }, ['temp_token']],
    [{ grant_type: 'two_factor', username: 'ada', password: 'x' }, ['temp_token', 'code']],
  ] as const)('names the missing fields of %j: %j', async (fields, missing) => {
    const { code, detail } = await error(fields);
    expect(code).toBe('validation_failed');
    const expected = missing.map((path) => ({ path, rule: 'required', message: 'is required' }));
    expect(detail).toMatchObject({ fields: expected });
    expect(inputs).toEqual([]);
  });

  it('treats an empty text as given: the verification refuses it', async () => {
    await issueToken({ username: '', password: '' });
    expect(inputs).toHaveLength(1);
  });

  it.each([
    ['totp', 'two_factor_required'],
    ['email', 'two_factor_required'],
    [null, 'two_factor_setup_required'],
  ] as const)('throws 403 with a temp_token for the second step (%s)', async (method, code) => {
    loginResult = { method, tempToken: 'temp' };
    const thrown = await error({ username: 'ada', password: 'x' });
    expect([thrown.code, thrown.status]).toEqual([code, 403]);
    expect(thrown.detail).toMatchObject({ two_factor_method: method, temp_token: 'temp' });
  });
});

describe('XcLoginResponse', () => {
  const FIELDS = [
    'access_token',
    'temp_token',
    'token_type',
    'two_factor_method',
    'two_factor_required',
    'two_factor_setup_required',
  ];

  it.each([
    [XcLoginResponse.completed('jwt'), ['jwt', null, false, false, null]],
    [XcLoginResponse.pending('totp', 'temp'), [null, 'temp', true, false, 'totp']],
    [XcLoginResponse.pending('email', 'temp'), [null, 'temp', true, false, 'email']],
    [XcLoginResponse.pending(null, 'temp'), [null, 'temp', false, true, null]],
  ])('always has all six fields', (response, values) => {
    expect(Object.keys(response).sort()).toEqual(FIELDS);
    const { access_token, temp_token, two_factor_required, two_factor_setup_required, two_factor_method } =
      response;
    expect([
      access_token,
      temp_token,
      two_factor_required,
      two_factor_setup_required,
      two_factor_method,
    ]).toEqual(values);
    expect(response.token_type).toBe('bearer');
  });
});
