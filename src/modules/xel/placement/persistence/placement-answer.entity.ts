import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { Placement } from './placement.entity.js';

/** An answer in a placement test. It is never updated. */
@Entity('xel_placement_answers')
@Unique('xel_placement_answers_item_id_key', ['placement_id', 'item_id'])
export class PlacementAnswer {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_placement_answers_pkey' })
  @ForeignKey(() => Placement, { name: 'xel_placement_answers_placement_id_fkey', onDelete: 'CASCADE' })
  placement_id!: string;

  /** From 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'xel_placement_answers_pkey' })
  position!: number;

  @Column('text')
  item_id!: string;

  @Column('text')
  item_version!: string;

  @Column('text')
  response!: string;

  @Column('boolean')
  correct!: boolean;

  @TimestampColumn()
  answered_at!: Date;
}
