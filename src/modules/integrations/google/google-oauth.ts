import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { Config } from '@/platform/config/index.js';
import { integrationErrors } from '../integrations.errors.js';
import { GoogleFailure, GrantRefused } from './google-failure.js';
import { type GoogleAnswer, GoogleHttp } from './google-http.js';
import { parseScopes, REQUESTED_SCOPES } from './scopes.rules.js';

const token = z.string().min(1).max(8_192);

/** `expires_in` is only recommended by RFC 6749. */
const tokenAnswer = z.object({
  access_token: token,
  expires_in: z.coerce.number().positive().max(31_536_000).default(300),
  refresh_token: token.optional(),
  scope: z.string().max(8_192).optional(),
  id_token: z.string().max(65_536).optional(),
});

const errorAnswer = z.object({ error: z.string().max(100) });

const idTokenClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  email: z.email(),
});

export interface GrantedTokens {
  accessToken: string;
  /** Absent when the one in use stays valid. */
  refreshToken: string | undefined;
  /** Seconds. */
  expiresIn: number;
  /** Undefined when they are those that were asked for. */
  scopes: string[] | undefined;
  email: string | null;
}

/** Calls the OAuth 2.0 endpoints of Google: with PKCE (RFC 7636), and with the exact redirect URI. */
@Injectable()
export class GoogleOAuth {
  constructor(
    private readonly config: Config,
    private readonly http: GoogleHttp,
  ) {}

  get isConfigured(): boolean {
    return this.config.integrations.google.client !== undefined;
  }

  get redirectUri(): string {
    return `${this.config.baseUrl}/api/integrations/google-calendar/callback`;
  }

  /** Returns whether a callback comes from this issuer (RFC 9207). Google does not say so yet. */
  isIssuer(iss: string | undefined): boolean {
    return iss === undefined || iss.replace(/\/+$/, '') === this.config.integrations.google.issuer;
  }

  /** Returns the address at which the user grants access. Consent is asked again, else there is no refresh token. */
  buildAuthorizationUrl(state: string, verifier: string, email: string | null): string {
    const url = new URL(this.config.integrations.google.authorizationUrl);
    const parameters = {
      response_type: 'code',
      client_id: this.client.id,
      redirect_uri: this.redirectUri,
      scope: REQUESTED_SCOPES.join(' '),
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent',
      ...(email === null ? {} : { login_hint: email }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Throws {@link GrantRefused} for a code that is not valid, and a {@link GoogleFailure} for all that can pass. */
  exchangeCode(code: string, verifier: string): Promise<GrantedTokens> {
    return this.requestTokens({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.redirectUri,
    });
  }

  /** Throws {@link GrantRefused} when the grant has ended, and a {@link GoogleFailure} for all that can pass. */
  refresh(refreshToken: string): Promise<GrantedTokens> {
    return this.requestTokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** Ends the grant of a token. A token that is not valid any more needs no revocation. */
  async revoke(refreshToken: string): Promise<void> {
    const { revocationUrl: url } = this.config.integrations.google;
    const answer = await this.http.send({ method: 'POST', url, form: { token: refreshToken } });
    if (answer.status === 200 || errorOf(answer) === 'invalid_token') return;
    throw toFailure(answer);
  }

  private async requestTokens(grant: Record<string, string>): Promise<GrantedTokens> {
    const { id, secret } = this.client;
    const { tokenUrl: url } = this.config.integrations.google;
    const form = { ...grant, client_id: id, client_secret: secret };
    const answer = await this.http.send({ method: 'POST', url, form });
    if (answer.status !== 200)
      throw errorOf(answer) === 'invalid_grant' ? new GrantRefused() : toFailure(answer);
    const { data } = tokenAnswer.safeParse(answer.body);
    if (!data) throw new GoogleFailure('malformed_answer');
    return {
      accessToken: data.access_token,
      refreshToken: data.refresh_token,
      expiresIn: data.expires_in,
      scopes: data.scope === undefined ? undefined : parseScopes(data.scope),
      email: this.readEmail(data.id_token),
    };
  }

  /** The token came from the token endpoint itself, so its signature proves nothing more (OpenID Connect Core, 3.1.3.7). */
  private readEmail(idToken: string | undefined): string | null {
    const claims = idTokenClaims.safeParse(parsePayload(idToken)).data;
    if (!claims || ![claims.aud].flat().includes(this.client.id)) return null;
    const { issuer } = this.config.integrations.google;
    return [issuer, issuer.replace('https://', '')].includes(claims.iss) ? claims.email.toLowerCase() : null;
  }

  private get client(): { id: string; secret: string } {
    const { client } = this.config.integrations.google;
    if (!client) throw integrationErrors.integration_not_configured();
    return client;
  }
}

function parsePayload(jwt: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function errorOf({ body }: GoogleAnswer): string | undefined {
  return errorAnswer.safeParse(body).data?.error;
}

/** Only `invalid_grant` is final; a refused client, for example, is an error of the configuration that can be corrected. */
function toFailure(answer: GoogleAnswer): GoogleFailure {
  const { status, retryAfter } = answer;
  const code = /^\w{1,40}$/.exec(errorOf(answer) ?? '')?.[0] ?? '';
  const reason = status === 429 ? 'rate_limited' : status >= 500 ? 'provider_failed' : 'request_refused';
  return new GoogleFailure(reason, retryAfter, `${status} ${code}`.trim());
}
