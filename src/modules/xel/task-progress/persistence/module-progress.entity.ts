import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The progress of a user in a module. */
@Entity('xel_module_progress')
export class ModuleProgress {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_module_progress_pkey' })
  @ForeignKey('users', 'id', { name: 'xel_module_progress_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'xel_module_progress_pkey' })
  module_id!: string;

  @TimestampColumn()
  started_at!: Date;

  @TimestampColumn()
  last_attempt_at!: Date;

  /** When all tasks were completed for the first time. */
  @TimestampColumn({ nullable: true })
  completed_at!: Date | null;
}
