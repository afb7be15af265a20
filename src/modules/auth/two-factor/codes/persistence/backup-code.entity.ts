import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

@Entity('backup_codes')
export class BackupCode {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'backup_codes_pkey' })
  @ForeignKey('users', 'id', { name: 'backup_codes_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'backup_codes_pkey' })
  code_hash!: Buffer;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  used_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at!: Date;
}
