import { Injectable } from '@nestjs/common';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { IntegrationEventRepository } from './persistence/integration-event.repository.js';
import { RevocationQueue } from './revocation-queue.js';

/** What a connection consists of in the database. */
@Injectable()
export class ConnectionStore {
  constructor(
    readonly connections: ConnectionRepository,
    readonly events: IntegrationEventRepository,
    readonly revocations: RevocationQueue,
  ) {}
}
