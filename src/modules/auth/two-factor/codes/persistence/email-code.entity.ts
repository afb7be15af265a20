import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { EmailCodePurpose } from '@/modules/auth/mail/email-code-purpose.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('email_codes')
@Index('email_codes_user_id_idx', { synchronize: false })
@Index('email_codes_expires_at_idx', ['expires_at'])
export class EmailCode {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'email_codes_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'email_codes_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  purpose!: EmailCodePurpose;

  @Column('bytea')
  code_hash!: Buffer;

  @Column('integer', { default: 0 })
  tries!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  expires_at!: Date;

  @TimestampColumn({ nullable: true })
  used_at!: Date | null;
}
