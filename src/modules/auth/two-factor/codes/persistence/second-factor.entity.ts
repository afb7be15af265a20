import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type TwoFactorMethod = 'totp' | 'email';

/** The confirmed second factor of a user. */
@Entity('second_factors')
@Check('second_factors_method_check', `method IN ('totp', 'email')`)
export class SecondFactor {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'second_factors_pkey' })
  @ForeignKey('users', 'id', { name: 'second_factors_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  method!: TwoFactorMethod;

  /** TOTP only: encrypted, bound to the user id. */
  @Column('bytea', { nullable: true })
  secret!: Buffer | null;

  /** TOTP only: the last time step whose code was accepted. */
  @Column('bigint', { nullable: true })
  last_step!: number | null;

  @TimestampColumn()
  created_at!: Date;
}
