import { Module, type OnModuleInit } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { SecretRotation } from '@/platform/crypto/index.js';
import { ExpiredRowSweeper, JobQueue } from '@/platform/jobs/index.js';
import { GoogleModule } from '../google/google.module.js';
import { AuthorizationLinks } from './authorization-links.js';
import { ConnectionAccessService } from './connection-access.js';
import { ConnectionExport } from './connection-export.js';
import { ConnectionMailer } from './connection-mailer.js';
import { ConnectionReader } from './connection-reader.js';
import { ConnectionStore } from './connection-store.js';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';
import { DUE_REFRESH_JOB, DueTokenRefresher } from './due-token-refresher.js';
import { CompletionRepository } from './persistence/completion.repository.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { IntegrationEventRepository } from './persistence/integration-event.repository.js';
import { TokenRefreshRepository } from './persistence/token-refresh.repository.js';
import { RevocationQueue } from './revocation-queue.js';
import { TokenBox, TOKENS_PURPOSE } from './token-box.js';
import { RefreshResultWriter, TokenRefresher } from './token-refresher.js';

const REPOSITORIES = [
  CompletionRepository,
  ConnectionRepository,
  IntegrationEventRepository,
  TokenRefreshRepository,
];

/** Connections of users to services: their tokens, their health and their end. */
@Module({
  imports: [GoogleModule, UsersModule],
  controllers: [ConnectionsController],
  providers: [
    ...REPOSITORIES,
    AuthorizationLinks,
    ConnectionAccessService,
    ConnectionExport,
    ConnectionMailer,
    ConnectionReader,
    ConnectionStore,
    ConnectionsService,
    DueTokenRefresher,
    RefreshResultWriter,
    RevocationQueue,
    TokenBox,
    TokenRefresher,
  ],
  exports: [
    AuthorizationLinks,
    CompletionRepository,
    ConnectionAccessService,
    ConnectionReader,
    ConnectionStore,
    ConnectionsService,
    RevocationQueue,
  ],
})
export class ConnectionsModule implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly sweeper: ExpiredRowSweeper,
    private readonly rotation: SecretRotation,
    private readonly store: ConnectionStore,
    private readonly due: DueTokenRefresher,
  ) {}

  onModuleInit(): void {
    this.sweeper.registerTable('integration_completions');
    this.jobs.registerHandler(DUE_REFRESH_JOB, (_, { signal }) => this.due.run(signal), 'integrations');
    this.jobs.registerHourly(() => this.due.enqueue());
    this.rotation.register({
      purpose: TOKENS_PURPOSE,
      findPage: (after, limit) => this.store.connections.listSealed(after, limit),
      replace: (id, from, to) => this.store.connections.reseal(id, from, to),
    });
  }
}
