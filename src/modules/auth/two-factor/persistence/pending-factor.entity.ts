import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { EmailCode } from '../codes/persistence/email-code.entity.js';
import type { TwoFactorMethod } from '../codes/persistence/second-factor.entity.js';

/** A second factor that waits for confirmation by its holder: a session or a login challenge. */
@Entity('pending_factors')
@Index('pending_factors_user_id_idx', ['user_id'])
@Index('pending_factors_expires_at_idx', ['expires_at'])
@Index('pending_factors_email_code_id_idx', ['email_code_id'])
@Check('pending_factors_method_check', `method IN ('totp', 'email')`)
export class PendingFactor {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pending_factors_pkey' })
  holder_id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'pending_factors_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  method!: TwoFactorMethod;

  @Column('bytea', { nullable: true })
  secret!: Buffer | null;

  @Column('uuid', { nullable: true })
  @ForeignKey(() => EmailCode, { name: 'pending_factors_email_code_id_fkey', onDelete: 'SET NULL' })
  email_code_id!: string | null;

  /** True if the factor replaces an existing one, which requires a recent step-up. */
  @Column('boolean')
  replaces!: boolean;

  @TimestampColumn()
  expires_at!: Date;
}
