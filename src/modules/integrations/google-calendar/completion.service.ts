import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { AuthorizationLinks } from '../connections/authorization-links.js';
import { ConnectionsService } from '../connections/connections.service.js';
import {
  type CompletedIntegrationResponse,
  IntegrationResponse,
} from '../connections/dto/connection.responses.js';
import {
  type ClaimedCompletion,
  CompletionRepository,
} from '../connections/persistence/completion.repository.js';
import type { IntegrationConnection } from '../connections/persistence/integration-connection.entity.js';
import { GoogleFailure, GrantRefused, toAppError } from '../google/google-failure.js';
import { GoogleOAuth } from '../google/google-oauth.js';
import { missingScopes } from '../google/scopes.rules.js';
import { integrationErrors } from '../integrations.errors.js';
import { CompletionSecrets } from './completion-secrets.js';

const PROVIDER = 'google_calendar';

/** Connects the calendar of the user who started the connection. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly completions: CompletionRepository,
    private readonly connections: ConnectionsService,
    private readonly secrets: CompletionSecrets,
    private readonly oauth: GoogleOAuth,
    private readonly links: AuthorizationLinks,
    private readonly clock: Clock,
  ) {}

  /** Of parallel requests one gets the code. After a failure of Google that can pass, the completion works again. */
  async complete(userId: string, completion: string): Promise<CompletedIntegrationResponse> {
    this.links.assertConfigured();
    const hashes = this.secrets.allHashes(completion);
    const now = this.clock.now();
    const claimed = await this.completions.claim(userId, PROVIDER, hashes, now);
    if (!claimed) {
      if (await this.completions.belongsToAnother(userId, hashes, now))
        throw integrationErrors.integration_for_another();
      throw integrationErrors.integration_completion_invalid();
    }
    return this.toResponse(await this.connect(userId, claimed));
  }

  private async connect(
    userId: string,
    { id, sealed_code }: ClaimedCompletion,
  ): Promise<IntegrationConnection> {
    const { code, verifier } = this.secrets.open(id, sealed_code);
    try {
      const granted = await this.oauth.exchangeCode(code, verifier);
      const connection = await this.connections.connect(userId, PROVIDER, granted);
      await this.completions.spend(id);
      return connection;
    } catch (error) {
      if (error instanceof GoogleFailure) {
        await this.completions.release(id);
        throw toAppError(error);
      }
      await this.completions.spend(id);
      throw error instanceof GrantRefused ? integrationErrors.integration_code_refused() : error;
    }
  }

  private toResponse(connection: IntegrationConnection): CompletedIntegrationResponse {
    const { status, user_id, account_email, scopes } = connection;
    const link = status === 'active' ? null : this.links.create(user_id, account_email).authorization_url;
    return {
      ...IntegrationResponse.from(connection),
      missing_scopes: missingScopes(scopes),
      authorization_url: link,
    };
  }
}
