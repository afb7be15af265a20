import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type UsedSecondFactor = 'totp' | 'email' | 'backup_code';

/** The result of a login. What was verified, and when, is read from this row, never from a token. */
@Entity('sessions')
@Index('sessions_user_id_idx', { synchronize: false })
@Index('sessions_expires_at_idx', ['expires_at'])
@Check('sessions_second_factor_method_check', `second_factor_method IN ('totp', 'email', 'backup_code')`)
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'sessions_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  user_agent!: string;

  @Column('text')
  ip!: string;

  @TimestampColumn()
  created_at!: Date;

  /** The last request, to the minute; shown to the user. */
  @TimestampColumn()
  last_seen_at!: Date;

  /** The last login, refresh or renewal; the idle timeout counts from here. */
  @TimestampColumn()
  active_at!: Date;

  @TimestampColumn()
  expires_at!: Date;

  @TimestampColumn({ nullable: true })
  ended_at!: Date | null;

  @Column('text', { nullable: true })
  end_reason!: string | null;

  @TimestampColumn()
  password_at!: Date;

  @TimestampColumn({ nullable: true })
  second_factor_at!: Date | null;

  @Column('text', { nullable: true })
  second_factor_method!: UsedSecondFactor | null;

  /** The salt of the key that signs its refresh tokens; null for a session without refresh tokens. */
  @Column('bytea', { nullable: true })
  refresh_salt!: Buffer | null;

  /** The counter of the only valid refresh token. */
  @Column('integer', { nullable: true })
  refresh_counter!: number | null;

  @TimestampColumn({ nullable: true })
  refresh_rotated_at!: Date | null;
}
