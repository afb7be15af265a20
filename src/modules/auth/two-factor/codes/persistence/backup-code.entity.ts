import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('backup_codes')
export class BackupCode {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'backup_codes_pkey' })
  @ForeignKey('users', 'id', { name: 'backup_codes_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'backup_codes_pkey' })
  code_hash!: Buffer;

  @TimestampColumn({ nullable: true })
  used_at!: Date | null;

  @TimestampColumn()
  created_at!: Date;
}
