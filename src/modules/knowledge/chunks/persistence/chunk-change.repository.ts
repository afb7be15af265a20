import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import {
  COUNTED_COLUMNS,
  type StatisticsChange,
  statisticsChangeSql,
} from './chunk-statistics.repository.js';
import { KnowledgeChunk } from './knowledge-chunk.entity.js';

/** Chunks that one statement changes, while the caller holds the lock of their document. */
export const CHUNKS_AT_ONCE = 200;

/** Chunks are counted where their document is, also before they have followed it. */
export const COUNTED_CHUNK = 'd.partition_id, c.configuration, c.length, c.words';
export const IS_COUNTED = 'c.version_id IS NOT DISTINCT FROM d.ready_version_id';

/** Returns a statement that updates the chunks of `selected` and counts them again. */
export const recountSql = (
  selected: string,
  assignments: string,
  extra?: string,
): string => `WITH old AS MATERIALIZED (
    SELECT c.id, ${COUNTED_CHUNK}, ${IS_COUNTED} AS counted, d.title
    FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id WHERE ${selected}
  ), updated AS (
    UPDATE knowledge_chunks c SET ${assignments} FROM old WHERE c.id = old.id RETURNING old.partition_id, c.configuration, c.length, c.words, old.counted
  )${statisticsChangeSql(
    `SELECT ${COUNTED_COLUMNS}, -1 AS sign FROM old WHERE counted
    UNION ALL SELECT ${COUNTED_COLUMNS}, 1 FROM updated WHERE counted`,
    extra,
  )}`;

/** Runs statements that change chunks, and returns what the statistics have to add. */
export abstract class ChunkChangeRepository extends RepositoryBase<KnowledgeChunk> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeChunk);
  }

  protected async change<Extra extends object = object>(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<StatisticsChange & Extra> {
    const [row] = await this.query<StatisticsChange & Extra>(statement, values);
    if (!row) throw new Error('A statement with sums returns a row.');
    return row;
  }
}
