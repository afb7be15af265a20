import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { CefrLevel } from '@/modules/xel/course/course.schema.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** A placement test. A user has at most one that is not finished. */
@Entity('xel_placements')
@Index('xel_placements_user_id_idx', { synchronize: false })
@Index('xel_placements_open_key', ['user_id'], { unique: true, where: 'finished_at IS NULL' })
@Check(
  'xel_placements_finished_check',
  '(finished_at IS NULL) = (current_item_id IS NOT NULL) AND (finished_at IS NULL) = (cefr IS NULL)',
)
export class Placement {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_placements_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xel_placements_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  /** The item that the user has to answer next; null when the test is finished. */
  @Column('text', { nullable: true })
  current_item_id!: string | null;

  @Column('integer')
  answered!: number;

  /** The estimate, on the scale of the difficulty of the items. */
  @Column('double precision')
  ability!: number;

  @Column('double precision')
  standard_error!: number;

  @Column('text', { nullable: true })
  cefr!: CefrLevel | null;

  @Column('text', { nullable: true })
  cefr_low!: CefrLevel | null;

  @Column('text', { nullable: true })
  cefr_high!: CefrLevel | null;

  @TimestampColumn()
  started_at!: Date;

  @TimestampColumn({ nullable: true })
  finished_at!: Date | null;
}
