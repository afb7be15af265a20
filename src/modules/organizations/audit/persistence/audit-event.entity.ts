import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** One recorded change. It stores only ids, so that the name of a deleted user disappears from the log too. */
@Entity('audit_events')
@Index('audit_events_organization_id_idx', { synchronize: false })
@Index('audit_events_action_idx', { synchronize: false })
@Index('audit_events_actor_id_idx', { synchronize: false })
@Index('audit_events_target_id_idx', { synchronize: false })
@Index('audit_events_created_at_idx', { synchronize: false })
export class AuditEvent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_events_pkey' })
  id!: string;

  /** No foreign key: the event `organization.deleted` outlives its organization. */
  @Column('uuid')
  organization_id!: OrganizationId;

  @Column('uuid', { nullable: true })
  actor_id!: string | null;

  @Column('uuid', { nullable: true })
  api_key_id!: string | null;

  @Column('text')
  action!: string;

  @Column('text')
  target_type!: string;

  @Column('uuid', { nullable: true })
  target_id!: string | null;

  @Column('jsonb', { default: {} })
  details!: Record<string, unknown>;

  @TimestampColumn()
  created_at!: Date;
}
