import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { Provider } from './integration-connection.entity.js';

/** A used state. Its code waits for the user who started the connection, for a few minutes. */
@Entity('integration_completions')
@Unique('integration_completions_completion_hash_key', ['completion_hash'])
@Index('integration_completions_user_id_idx', ['user_id'])
@Index('integration_completions_expires_at_idx', ['expires_at'])
export class IntegrationCompletion {
  /** The id of the state. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_completions_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'integration_completions_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  provider!: Provider;

  /** Null when the user refused access. */
  @Column('bytea', { nullable: true })
  completion_hash!: Buffer | null;

  /** Code and verifier, encrypted; null after their use. */
  @Column('bytea', { nullable: true })
  sealed_code!: Buffer | null;

  @TimestampColumn({ nullable: true })
  claimed_at!: Date | null;

  @TimestampColumn()
  code_expires_at!: Date;

  /** When the state itself has expired, too. */
  @TimestampColumn()
  expires_at!: Date;
}
