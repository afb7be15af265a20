import { Injectable } from '@nestjs/common';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { HOUR, MINUTE } from '@/platform/kernel/durations.js';
import { RateLimiter, type RateLimitPolicy } from '@/platform/limits/index.js';
import { type AuthorizationState, AuthorizationLinks } from '../connections/authorization-links.js';
import { CompletionRepository } from '../connections/persistence/completion.repository.js';
import { integrationErrors } from '../integrations.errors.js';
import { CompletionSecrets } from './completion-secrets.js';
import type { AuthorizationCallbackQuery, AuthorizationStartResponse } from './dto/authorization.dto.js';

const CODE_LIFETIME = 5 * MINUTE;
const CALLBACKS: RateLimitPolicy = { name: 'integration-callback', limit: 60, window: HOUR };

/** What the browser gets after the decision of the user: a redirect, or a page when there is no return URL. */
export interface CallbackResult {
  redirectTo: string | null;
  completion: string | null;
}

/**
 * Starts a connection and receives its code. The callback connects nothing, because the browser that calls it has no access token:
 * it keeps the code until the user who started the connection completes it.
 */
@Injectable()
export class AuthorizationService {
  constructor(
    private readonly links: AuthorizationLinks,
    private readonly completions: CompletionRepository,
    private readonly limiter: RateLimiter,
    private readonly secrets: CompletionSecrets,
    private readonly clock: Clock,
  ) {}

  /** Throws `integration_not_configured`, and 400 for a return URL that is not in the list. */
  start(userId: string, returnTo: string | undefined): AuthorizationStartResponse {
    if (returnTo !== undefined && !this.links.isReturnUrl(returnTo))
      throw invalidField('return_to', 'allowed_url', 'must be a return URL of this server');
    return this.links.create(userId, null, returnTo ?? null);
  }

  /** Throws `integration_state_invalid` for a state that was not issued, has expired, or was used before. */
  async receive(query: AuthorizationCallbackQuery): Promise<CallbackResult> {
    const state = this.links.open(query.state);
    if (!state || !this.links.isFromIssuer(query.iss)) throw integrationErrors.integration_state_invalid();
    await this.limiter.consume(CALLBACKS, state.userId);
    const code = query.error === undefined ? query.code : undefined;
    const completion = code === undefined ? null : this.secrets.createCompletion();
    if (!(await this.store(state, code, completion))) throw integrationErrors.integration_state_invalid();
    return { redirectTo: this.buildReturnUrl(state, completion), completion };
  }

  private store(
    { id, userId, verifier, expiresAt }: AuthorizationState,
    code: string | undefined,
    completion: string | null,
  ): Promise<boolean> {
    const codeExpiresAt = this.clock.after(CODE_LIFETIME);
    return this.completions.insert({
      id,
      user_id: userId,
      provider: 'google_calendar',
      completion_hash: completion === null ? null : this.secrets.hash(completion),
      sealed_code: code === undefined ? null : this.secrets.seal(id, { code, verifier }),
      code_expires_at: codeExpiresAt,
      expires_at: codeExpiresAt > expiresAt ? codeExpiresAt : expiresAt,
    });
  }

  /** The list of return URLs may have changed since the start. */
  private buildReturnUrl({ returnTo }: AuthorizationState, completion: string | null): string | null {
    if (returnTo === null || !this.links.isReturnUrl(returnTo)) return null;
    const url = new URL(returnTo);
    url.searchParams.set('integration', 'google_calendar');
    if (completion === null) url.searchParams.set('error', 'access_denied');
    else url.searchParams.set('completion', completion);
    return url.href;
  }
}
