import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The id of a study session in the calendar of a connection. Nothing else of a calendar is stored. */
@Entity('integration_events')
@ForeignKey('integration_connections', ['connection_id'], ['id'], {
  name: 'integration_events_connection_id_fkey',
  onDelete: 'CASCADE',
})
export class IntegrationEvent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_events_pkey' })
  connection_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'integration_events_pkey' })
  event_id!: string;
}
