import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { Config } from '@/platform/config/index.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { GoogleOAuth } from '../google/google-oauth.js';
import { integrationErrors } from '../integrations.errors.js';

const STATE_PURPOSE = 'integration-state';
const STATE_LIFETIME = 15 * MINUTE;

const stateFields = z.object({
  id: z.uuid(),
  user: z.uuid(),
  verifier: z.string(),
  returnTo: z.string().nullable(),
  expires: z.number(),
});

/** What the server has to remember of a started connection. */
export interface AuthorizationState {
  id: string;
  userId: string;
  verifier: string;
  returnTo: string | null;
  expiresAt: Date;
}

export interface AuthorizationLink {
  authorization_url: string;
  state: string;
}

/**
 * Creates the addresses at which users grant access. The state is an encrypted token that names the user, so a started connection
 * needs no row. The callback stores its id, which makes it usable once.
 */
@Injectable()
export class AuthorizationLinks {
  constructor(
    private readonly oauth: GoogleOAuth,
    private readonly box: SecretBox,
    private readonly entropy: Entropy,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Throws `integration_not_configured`. `email` is the account that the user is asked for. */
  create(userId: string, email: string | null = null, returnTo: string | null = null): AuthorizationLink {
    const verifier = this.entropy.token();
    const expires = this.clock.after(STATE_LIFETIME).getTime();
    const fields = { id: newId(), user: userId, verifier, returnTo, expires };
    const state = this.box.seal(STATE_PURPOSE, JSON.stringify(fields)).toString('base64url');
    return { authorization_url: this.oauth.buildAuthorizationUrl(state, verifier, email), state };
  }

  /** Throws `integration_not_configured`. */
  assertConfigured(): void {
    if (!this.oauth.isConfigured) throw integrationErrors.integration_not_configured();
  }

  /** Returns whether a callback can come from the configured issuer (RFC 9207). */
  isFromIssuer(iss: string | undefined): boolean {
    return this.oauth.isIssuer(iss);
  }

  isReturnUrl(url: string): boolean {
    return this.config.integrations.returnUrls.includes(url);
  }

  /** Returns null for a state that this server did not create, or that has expired. */
  open(state: string): AuthorizationState | null {
    const fields = this.decrypt(state);
    if (!fields || fields.expires <= this.clock.millis()) return null;
    const { id, user: userId, verifier, returnTo, expires } = fields;
    return { id, userId, verifier, returnTo, expiresAt: new Date(expires) };
  }

  private decrypt(state: string): z.infer<typeof stateFields> | undefined {
    try {
      const text = this.box.open(STATE_PURPOSE, Buffer.from(state, 'base64url'));
      return stateFields.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}
