import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { EmailCode } from '../codes/persistence/email-code.entity.js';

export type ChallengePurpose = 'verify' | 'setup';

/** A login whose password was correct and that waits for a second step; identified by a `temp_token`. */
@Entity('login_challenges')
@Index('login_challenges_user_id_idx', ['user_id'])
@Index('login_challenges_expires_at_idx', ['expires_at'])
@Index('login_challenges_email_code_id_idx', ['email_code_id'])
@Check('login_challenges_purpose_check', `purpose IN ('verify', 'setup')`)
export class LoginChallenge {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'login_challenges_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'login_challenges_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  purpose!: ChallengePurpose;

  @Column('uuid', { nullable: true })
  @ForeignKey(() => EmailCode, { name: 'login_challenges_email_code_id_fkey', onDelete: 'SET NULL' })
  email_code_id!: string | null;

  @Column('integer', { default: 0 })
  resends!: number;

  /** When the password was verified. */
  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  expires_at!: Date;

  @TimestampColumn({ nullable: true })
  ended_at!: Date | null;
}
