import { Injectable } from '@nestjs/common';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import { GoogleOAuth } from '../google/google-oauth.js';
import { AuthorizationLinks } from './authorization-links.js';
import { IntegrationResponse, IntegrationStatusResponse } from './dto/connection.responses.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import type { Provider } from './persistence/integration-connection.entity.js';

/** Reads the connections of a user. */
@Injectable()
export class ConnectionReader {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly links: AuthorizationLinks,
    private readonly oauth: GoogleOAuth,
  ) {}

  async list(userId: string, query: PageQuery): Promise<IntegrationResponse[]> {
    const window = windowById(query);
    const rows = await this.connections.list(userId, window);
    return toPage(window, rows, ({ id }) => id).map((row) => IntegrationResponse.from(row));
  }

  async readStatus(userId: string, provider: Provider): Promise<IntegrationStatusResponse> {
    if (!this.oauth.isConfigured) return IntegrationStatusResponse.without('not_configured');
    const connection = await this.connections.find(userId, provider);
    if (!connection) return IntegrationStatusResponse.without('not_connected');
    const { status, account_email } = connection;
    const link = status === 'active' ? null : this.links.create(userId, account_email).authorization_url;
    return IntegrationStatusResponse.from(connection, link);
  }
}
