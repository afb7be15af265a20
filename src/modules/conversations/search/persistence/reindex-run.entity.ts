import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { ReindexStage } from '../search.rules.js';

/** The running or last rebuild of the search index. The table has at most one row. */
@Entity('search_reindex')
@Check('search_reindex_only_one_check', 'id')
@Check('search_reindex_stage_check', `stage IN ('conversation', 'message', 'note', 'orphan', 'finished')`)
export class ReindexRun {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'search_reindex_pkey' })
  id!: true;

  @Column('uuid')
  run_id!: string;

  @Column('text')
  stage!: ReindexStage;

  /** Id of the last processed row of this stage. */
  @Column('uuid', { nullable: true })
  after!: string | null;

  /** Null until the sources are counted. */
  @Column('integer', { nullable: true })
  total!: number | null;

  @Column('integer')
  done!: number;

  @TimestampColumn()
  started_at!: Date;

  @TimestampColumn()
  progressed_at!: Date;

  @TimestampColumn({ nullable: true })
  finished_at!: Date | null;

  @Column('text', { nullable: true })
  failed_reason!: string | null;

  /** The major version of PostgreSQL with which the run began. Null for runs of earlier versions of this server. */
  @Column('integer', { nullable: true })
  server_major!: number | null;

  /** The version of the lexemes that the run writes. Null for runs of earlier versions of this server. */
  @Column('integer', { nullable: true })
  words_version!: number | null;
}
