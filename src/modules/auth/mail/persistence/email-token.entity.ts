import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type EmailTokenPurpose =
  | 'verify_email'
  | 'reset_password'
  | 'change_email'
  | 'set_password' // the first password of an account that an administrator created
  | 'replace_password' // replaces a password that an administrator set; returned by the login, not e-mailed
  | 'revert_email'; // restores a replaced address, which stays reserved until the token expires

/** A single-use token; only a keyed hash of it is stored. */
@Entity('mail_tokens')
@Unique('mail_tokens_token_hash_key', ['token_hash'])
@Index('mail_tokens_user_id_idx', ['user_id', 'purpose'])
@Index('mail_tokens_expires_at_idx', ['expires_at'])
@Index('mail_tokens_reserved_email_idx', ['email'], { where: `purpose = 'revert_email'` })
@Check(
  'mail_tokens_purpose_check',
  `purpose IN ('verify_email', 'reset_password', 'change_email', 'set_password', 'replace_password', 'revert_email')`,
)
export class EmailToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mail_tokens_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'mail_tokens_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  purpose!: EmailTokenPurpose;

  @Column('bytea')
  token_hash!: Buffer;

  /** The address the e-mail was sent to; following the link proves control of it. */
  @Column('text')
  email!: string;

  /** Of a replaced address: when it was verified. */
  @TimestampColumn({ nullable: true })
  email_verified_at!: Date | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  expires_at!: Date;
}
