import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('organizations')
@Unique('organizations_slug_key', ['slug'])
@Check('organizations_transcript_retention_days_check', 'transcript_retention_days >= 0')
export class Organization {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'organizations_pkey' })
  id!: OrganizationId;

  @Column('text')
  name!: string;

  @Column('text')
  slug!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb', { default: {} })
  settings!: Record<string, unknown>;

  @Column('text', { nullable: true })
  address!: string | null;

  @Column('text', { nullable: true })
  phone_number!: string | null;

  @Column('text', { nullable: true })
  tax_id!: string | null;

  @Column('text', { nullable: true })
  billing_email!: string | null;

  @Column('boolean', { default: false })
  enforce_2fa!: boolean;

  /** Days that transcripts of live sessions are kept, which the organization pays for; null: until they are deleted. */
  @Column('integer', { nullable: true })
  transcript_retention_days!: number | null;

  /** Kept by triggers of the database. */
  @Column({ type: 'integer', default: 0, insert: false, update: false })
  member_count!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
