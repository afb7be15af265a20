import { Injectable } from '@nestjs/common';
import { integrationErrors } from '@/modules/integrations/integrations.errors.js';
import { mapConstraintErrors, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { IntegrationEvent } from './integration-event.entity.js';

const ADD = {
  name: 'integration_events.add',
  text: `INSERT INTO integration_events (connection_id, event_id)
         SELECT c.id, e.id FROM integration_connections c, unnest($2::text[]) AS e (id) WHERE c.id = $1
         ON CONFLICT DO NOTHING`,
};

const FIND_KNOWN = {
  name: 'integration_events.known',
  text: 'SELECT event_id FROM integration_events WHERE connection_id = $1 AND event_id = ANY($2::text[])',
};

const LIST = {
  name: 'integration_events.list',
  text: 'SELECT event_id FROM integration_events WHERE connection_id = $1 ORDER BY event_id',
};

const DELETE_ALL = {
  name: 'integration_events.delete_all',
  text: 'DELETE FROM integration_events WHERE connection_id = $1',
};

const CONSTRAINT_ERRORS = {
  integration_events_connection_id_fkey: integrationErrors.integration_not_connected,
};

/** Stores the ids of study sessions. */
@Injectable()
export class IntegrationEventRepository extends RepositoryBase<IntegrationEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationEvent);
  }

  /** Throws `integration_not_connected` when the connection was deleted. */
  async add(connectionId: string, eventIds: readonly string[]): Promise<void> {
    await mapConstraintErrors(CONSTRAINT_ERRORS, () => this.query(ADD, [connectionId, eventIds]));
  }

  /** Returns which of the ids are stored. */
  async findKnown(connectionId: string, eventIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.query<{ event_id: string }>(FIND_KNOWN, [connectionId, eventIds]);
    return new Set(rows.map(({ event_id }) => event_id));
  }

  async list(connectionId: string): Promise<string[]> {
    return (await this.query<{ event_id: string }>(LIST, [connectionId])).map(({ event_id }) => event_id);
  }

  async deleteAll(connectionId: string): Promise<void> {
    await this.query(DELETE_ALL, [connectionId]);
  }
}
