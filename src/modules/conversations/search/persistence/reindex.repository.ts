import { Injectable } from '@nestjs/common';
import {
  type SourceKind,
  upsertSearchEntriesSql,
} from '@/modules/conversations/persistence/search-index-sql.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { SERVER_MAJOR_SQL, WORDS_VERSION } from '@/platform/search/index.js';
import { ReindexRun } from './reindex-run.entity.js';

/**
 * Limits of a batch, whose locks are held for some tens of milliseconds. Its first row can be longer: the lexemes of a text of
 * 200,000 characters take up to a second.
 */
const BATCH_SIZE = 200;
const BATCH_BYTES = 100_000;

/** What the lexemes of an index depend on: the stemmers of PostgreSQL and the functions of this server. */
const VERSIONS = `${SERVER_MAJOR_SQL}, ${WORDS_VERSION}`;

/**
 * Replaces a finished run, one without progress since `$3`, whose job has failed for good, and one that began with other
 * versions.
 */
const BEGIN = {
  name: 'reindex.begin',
  text: `INSERT INTO search_reindex (id, run_id, stage, done, started_at, progressed_at, server_major, words_version)
    VALUES (true, $1, 'conversation', 0, $2, $2, ${VERSIONS})
    ON CONFLICT (id) DO UPDATE SET run_id = $1, stage = 'conversation', after = NULL, total = NULL, done = 0,
      started_at = $2, progressed_at = $2, finished_at = NULL, failed_reason = NULL,
      (server_major, words_version) = (${VERSIONS})
    WHERE search_reindex.finished_at IS NOT NULL OR search_reindex.progressed_at <= $3
      OR (search_reindex.server_major, search_reindex.words_version) IS DISTINCT FROM (${VERSIONS})
    RETURNING id`,
};

const LOCK = {
  name: 'reindex.lock',
  text: 'SELECT * FROM search_reindex WHERE run_id = $1 AND finished_at IS NULL FOR UPDATE',
};

const ADVANCE = {
  name: 'reindex.advance',
  text: `WITH run AS (
      UPDATE search_reindex SET stage = $2, after = $3, done = done + $4, progressed_at = $5,
        finished_at = CASE WHEN $2 = 'finished' THEN $5::timestamptz END, failed_reason = NULL
      WHERE run_id = $1 RETURNING stage, server_major, words_version
    )
    UPDATE search_index SET server_major = run.server_major, words_version = run.words_version FROM run
    WHERE run.stage = 'finished' AND run.server_major IS NOT NULL AND run.words_version IS NOT NULL`,
};

const COUNT_SOURCES = {
  name: 'reindex.count',
  text: `UPDATE search_reindex SET total = (SELECT count(*) FROM conversations) + (SELECT count(*) FROM messages)
      + (SELECT count(*) FROM notes)
    WHERE run_id = $1 AND total IS NULL`,
};

const FAIL = {
  name: 'reindex.fail',
  text: 'UPDATE search_reindex SET failed_reason = $2 WHERE run_id = $1 AND finished_at IS NULL',
};

/** Text of a source that the lexemes are made of, and that is in no other source. */
const SOURCE_TEXTS: Record<SourceKind, string> = {
  conversation: 'title',
  message: 'content',
  note: 'content',
};

/** Selects the last id of a batch after `$1`: the sizes are read without the texts. */
const lastOfBatchSql = (kind: SourceKind): string => `SELECT max(id::text) AS id FROM (
    SELECT id, row_number() OVER one AS number, sum(bytes) OVER one AS bytes
    FROM (SELECT id, coalesce(octet_length(${SOURCE_TEXTS[kind]}), 0) AS bytes FROM ${kind}s
      WHERE id > $1 ORDER BY id LIMIT ${BATCH_SIZE}) next
    WINDOW one AS (ORDER BY id)
  ) sized WHERE number = 1 OR bytes <= ${BATCH_BYTES}`;

/**
 * The sources of a batch are locked. Without the lock, the batch could overwrite the entry of a concurrent update, or
 * restore the entry of a concurrent deletion.
 */
const BATCH_QUERIES: Record<SourceKind, string> = {
  conversation: `SELECT c.* FROM conversations c
    WHERE c.id > $1 AND c.id <= (SELECT id::uuid FROM last_of_batch) ORDER BY c.id FOR SHARE`,
  message: `SELECT m.*, c.owner_id, c.organization_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id > $1 AND m.id <= (SELECT id::uuid FROM last_of_batch) ORDER BY m.id FOR KEY SHARE`,
  note: `SELECT n.* FROM notes n
    WHERE n.id > $1 AND n.id <= (SELECT id::uuid FROM last_of_batch) ORDER BY n.id FOR SHARE`,
};

const BATCH_FROM_CLAUSES: Record<SourceKind, string> = {
  conversation: 'FROM batch c',
  message: `FROM batch m CROSS JOIN LATERAL (SELECT m.conversation_id AS id, m.owner_id, m.organization_id) c
    WHERE m.role <> 'system'`,
  note: 'FROM batch n',
};

const reindexBatchStatement = (kind: SourceKind): { name: string; text: string } => ({
  name: `reindex.${kind}`,
  text: `WITH last_of_batch AS MATERIALIZED (${lastOfBatchSql(kind)}), batch AS MATERIALIZED (${BATCH_QUERIES[kind]}),
      entry AS (${upsertSearchEntriesSql(kind, BATCH_FROM_CLAUSES[kind])})
    SELECT (SELECT count(*)::int FROM batch) AS count, id AS last FROM last_of_batch`,
});

/** Foreign keys delete the entries of conversations and notes. Messages can be deleted by SQL of an operator. */
const DELETE_ORPHANS = {
  name: 'reindex.orphans',
  text: `WITH batch AS MATERIALIZED (
      SELECT e.source_id FROM search_entries e WHERE e.source_id > $1 ORDER BY e.source_id LIMIT 2000
    ), gone AS (
      DELETE FROM search_entries e USING batch b WHERE e.source_id = b.source_id AND e.kind = 'message'
        AND NOT EXISTS (SELECT FROM messages m WHERE m.id = e.source_id AND m.role <> 'system')
    )
    SELECT count(*)::int AS count, max(source_id::text) AS last FROM batch`,
};

const INDEX_STATE = {
  name: 'reindex.status',
  text: `SELECT (SELECT count(*)::int FROM search_entries) AS documents,
      (SELECT created_at FROM search_entries ORDER BY source_id DESC LIMIT 1) AS newest_at,
      coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('search_entries_tsv_idx')), false)
        AS searchable,
      NOT EXISTS (SELECT FROM search_index WHERE (server_major, words_version) = (${VERSIONS})) AS outdated`,
};

interface IndexState {
  documents: number;
  newest_at: Date | null;
  searchable: boolean;
  /** True when the index has the lexemes of another major version of PostgreSQL, or of an earlier version of this server. */
  outdated: boolean;
}

export interface ReindexBatch {
  count: number;
  /** Null when no row was left. A batch whose rows have been deleted has a last id. */
  last: string | null;
}

/** Rebuilds the search index in batches. Processes the rows of all users, so no method takes an owner. */
@Injectable()
export class ReindexRepository extends RepositoryBase<ReindexRun> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReindexRun);
  }

  /** Returns false while another run is active. A run without progress since `staleBefore` is not active. */
  begin(runId: string, now: Date, staleBefore: Date): Promise<boolean> {
    return this.affectedOneRow(BEGIN, [runId, now, staleBefore]);
  }

  /** Locks the run. Returns undefined when it is finished or replaced by another. */
  async lock(runId: string): Promise<ReindexRun | undefined> {
    return this.one<ReindexRun>(LOCK, [runId]);
  }

  async advance(
    runId: string,
    { stage, after }: Pick<ReindexRun, 'stage' | 'after'>,
    done: number,
    now: Date,
  ): Promise<void> {
    await this.query(ADVANCE, [runId, stage, after, done, now]);
  }

  async countSources(runId: string): Promise<void> {
    await this.query(COUNT_SOURCES, [runId]);
  }

  async fail(runId: string, reason: string): Promise<void> {
    await this.query(FAIL, [runId, reason]);
  }

  /** Rewrites the entries of the next sources of one kind, in the order of their ids. */
  async reindexBatch(kind: SourceKind, after: string): Promise<ReindexBatch> {
    return (await this.one<ReindexBatch>(reindexBatchStatement(kind), [after])) ?? { count: 0, last: null };
  }

  /** Deletes entries without a message among the next entries, in the order of their ids. */
  async deleteOrphans(after: string): Promise<ReindexBatch> {
    return (await this.one<ReindexBatch>(DELETE_ORPHANS, [after])) ?? { count: 0, last: null };
  }

  async getIndexState(): Promise<IndexState> {
    const [row] = await this.query<IndexState>(INDEX_STATE, []);
    return row ?? { documents: 0, newest_at: null, searchable: false, outdated: false };
  }

  findLastRun(): Promise<ReindexRun | null> {
    return this.rows.findOneBy({ id: true });
  }
}
