import { Injectable } from '@nestjs/common';
import { LearningEvent } from '@/modules/progress/ledger/persistence/learning-event.entity.js';
import { jsonTimestampSql, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

export interface ExportedRow {
  position: string;
  row: object;
}

interface ExportedColumns {
  key: string;
  times: readonly string[];
  type: string;
  /** Selects the rows by an index that begins with another column than that of the learner. */
  condition?: string;
}

/** The tables of a learner, in the order of their last key column, with their times. Days of XP follow from the ledger. */
const TABLES = {
  learning_events: { key: 'id', times: ['occurred_at', 'recorded_at'], type: 'uuid' },
  xp_ledger: { key: 'id', times: ['created_at'], type: 'uuid' },
  learner_states: { key: 'user_id', times: ['booster_ends_at'], type: 'uuid' },
  learner_zones: { key: 'number', times: ['since'], type: 'integer' },
  learner_days: { key: 'day', times: [], type: 'date' },
  daily_quests: { key: 'day', times: [], type: 'date' },
  member_days: {
    key: 'organization_id::text || t.utc_day::text',
    times: [],
    type: 'text',
    condition: 't.organization_id IN (SELECT m.organization_id FROM memberships m WHERE m.user_id = $1)',
  },
  learner_reminders: { key: 'user_id', times: ['next_at', 'updated_at'], type: 'uuid' },
} as const satisfies Record<string, ExportedColumns>;
export type ExportedTable = keyof typeof TABLES;

function select(table: ExportedTable): { name: string; text: string } {
  const { key, times, type, condition = 'true' }: ExportedColumns = TABLES[table];
  const instants = times.map((column) => `'${column}', ${jsonTimestampSql(`t.${column}`)}`).join(', ');
  return {
    name: `progress_export.${table}`,
    text: `SELECT t.${key}::text AS position, to_jsonb(t) - '{user_id,link_id}'::text[] || jsonb_build_object(${instants}) AS row
           FROM ${table} t WHERE t.user_id = $1 AND ${condition} AND ($2::text IS NULL OR t.${key} > $2::${type})
           ORDER BY t.${key} LIMIT $3`,
  };
}

/** Reads all rows of a learner, for the data export. */
@Injectable()
export class ProgressExportRepository extends RepositoryBase<LearningEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearningEvent);
  }

  list(userId: string, table: ExportedTable, after: string | null, take: number): Promise<ExportedRow[]> {
    return this.query<ExportedRow>(select(table), [userId, after, take]);
  }
}
