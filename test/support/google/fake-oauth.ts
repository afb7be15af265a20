import { createHash, randomBytes } from 'node:crypto';
import type { FakeAnswer, FakeRequest } from './fake-http.js';

export interface FakeAccess {
  email: string;
  scopes: string[];
}

interface FakeCode extends FakeAccess {
  challenge: string;
  redirectUri: string;
}

/** What the user decides on the page of Google. */
export interface FakeDecision {
  email?: string;
  /** Scopes that the user does not grant. */
  withheld?: string[];
  denied?: boolean;
}

const token = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`;
const refuse = (error: string, description: string): FakeAnswer => ({
  status: 400,
  body: { error, error_description: description },
});

/** An authorization server with the rules and answers of Google. */
export class FakeOAuth {
  readonly clientId = '407408718192.apps.googleusercontent.com';
  readonly clientSecret = 'GOCSPX-nBqXkz3vRw8sTy';
  readonly issuer = 'https://accounts.google.com';
  readonly redirectUri = 'http://127.0.0.1:3000/api/integrations/google-calendar/callback';
  decision: FakeDecision = {};
  private browserOrigin: string | undefined;
  /** Each refresh replaces the refresh token. */
  rotates = false;
  expiresIn = 3599;
  /** Every token that was issued, for a search in rows and logs. */
  readonly issued: string[] = [];
  private readonly codes = new Map<string, FakeCode>();
  private readonly refreshTokens = new Map<string, FakeAccess>();
  private readonly accessTokens = new Map<string, FakeAccess>();

  /** Sends browsers to a server whose port is not the one of the redirect URI. */
  redirectBrowsersTo(origin: string): void {
    this.browserOrigin = origin;
  }

  findAccess(accessToken: string | undefined): FakeAccess | undefined {
    return this.accessTokens.get(accessToken ?? '');
  }

  /** The access tokens end, such as after an hour. */
  expireAccessTokens(): void {
    this.accessTokens.clear();
  }

  /** The user removes the access in their Google account. */
  revokeAccount(email: string): void {
    for (const tokens of [this.refreshTokens, this.accessTokens])
      for (const [name, access] of tokens) if (access.email === email) tokens.delete(name);
  }

  isGranted(email: string): boolean {
    return [...this.refreshTokens.values()].some((access) => access.email === email);
  }

  /** Redirects as if the user had decided on the page. */
  authorize({ query }: FakeRequest): FakeAnswer {
    const { email = 'ada@gmail.example', withheld = [], denied } = this.decision;
    const state = query.get('state') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('client_id') !== this.clientId) return refuse('invalid_client', 'unknown client');
    if (redirectUri !== this.redirectUri) return refuse('redirect_uri_mismatch', redirectUri);
    if (query.get('code_challenge_method') !== 'S256' || challenge.length !== 43)
      return refuse('invalid_request', 'no challenge');
    const { pathname } = new URL(redirectUri);
    const target = new URL(pathname, this.browserOrigin ?? redirectUri);
    target.searchParams.set('state', state);
    if (denied) target.searchParams.set('error', 'access_denied');
    else {
      const asked = (query.get('scope') ?? '').split(' ');
      const granted = asked.filter((scope) => !withheld.includes(scope));
      const scopes = granted.map((scope) =>
        scope === 'email' ? 'https://www.googleapis.com/auth/userinfo.email' : scope,
      );
      const code = token('4/0A');
      this.issued.push(code);
      this.codes.set(code, { email, scopes, challenge, redirectUri });
      target.searchParams.set('code', code);
      target.searchParams.set('scope', scopes.join(' '));
      target.searchParams.set('authuser', '0');
      target.searchParams.set('prompt', 'consent');
    }
    return { status: 302, headers: { location: target.href } };
  }

  issueTokens({ form }: FakeRequest): FakeAnswer {
    if (form.get('client_id') !== this.clientId || form.get('client_secret') !== this.clientSecret)
      return { status: 401, body: { error: 'invalid_client', error_description: 'Unauthorized' } };
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.redeemCode(form);
      case 'refresh_token':
        return this.refresh(form.get('refresh_token') ?? '');
      default:
        return refuse('unsupported_grant_type', 'Invalid grant_type');
    }
  }

  revoke({ form, query }: FakeRequest): FakeAnswer {
    const value = form.get('token') ?? query.get('token') ?? '';
    const access = this.refreshTokens.get(value) ?? this.accessTokens.get(value);
    if (!access) return refuse('invalid_token', 'Token expired or revoked');
    this.revokeAccount(access.email);
    return { status: 200, body: {} };
  }

  private redeemCode(form: URLSearchParams): FakeAnswer {
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!code || code.challenge !== challenge) return refuse('invalid_grant', 'Malformed auth code.');
    if (code.redirectUri !== form.get('redirect_uri')) return refuse('redirect_uri_mismatch', 'Bad Request');
    const { email, scopes } = code;
    return this.grant({ email, scopes }, this.newRefreshToken({ email, scopes }));
  }

  private refresh(refreshToken: string): FakeAnswer {
    const access = this.refreshTokens.get(refreshToken);
    if (!access) return refuse('invalid_grant', 'Token has been expired or revoked.');
    if (!this.rotates) return this.grant(access, undefined);
    this.refreshTokens.delete(refreshToken);
    return this.grant(access, this.newRefreshToken(access));
  }

  private newRefreshToken(access: FakeAccess): string {
    const refreshToken = token('1//0');
    this.issued.push(refreshToken);
    this.refreshTokens.set(refreshToken, access);
    return refreshToken;
  }

  private grant(access: FakeAccess, refreshToken: string | undefined): FakeAnswer {
    const accessToken = token('ya29.');
    this.issued.push(accessToken);
    this.accessTokens.set(accessToken, access);
    const body = {
      access_token: accessToken,
      expires_in: this.expiresIn,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      scope: access.scopes.join(' '),
      token_type: 'Bearer',
      id_token: this.idToken(access.email),
    };
    return { status: 200, headers: { 'cache-control': 'no-store' }, body };
  }

  private idToken(email: string): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: this.issuer, aud: this.clientId, sub: '110248495921238986420', email };
    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, email_verified: true })}.c2ln`;
  }
}
