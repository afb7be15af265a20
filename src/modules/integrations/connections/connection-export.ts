import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataExportRegistry } from '@/modules/users/index.js';
import { ConnectionStore } from './connection-store.js';
import { IntegrationResponse } from './dto/connection.responses.js';

/** Adds connections, without their tokens, to the data export of a user. */
@Injectable()
export class ConnectionExport implements OnModuleInit {
  constructor(
    private readonly store: ConnectionStore,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('integrations', (userId) => this.rows(userId));
  }

  private async *rows(userId: string): AsyncGenerator<object> {
    for (const connection of await this.store.connections.listOfUser(userId))
      yield {
        ...IntegrationResponse.from(connection),
        event_ids: await this.store.events.list(connection.id),
      };
  }
}
