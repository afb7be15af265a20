import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { SERVER_MAJOR_SQL, WORDS_VERSION } from '@/platform/search/index.js';
import { KnowledgeChunk } from './knowledge-chunk.entity.js';

const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const BATCH_SIZE = 200;

const IS_OUTDATED = `(server_major, words_version) IS DISTINCT FROM (${SERVER_MAJOR_SQL}, ${WORDS_VERSION})`;

/** A rebuild of another version may have stopped anywhere, so the chunks before its position are rewritten too. */
const BEGIN = {
  name: 'knowledge.reindex.begin',
  text: `UPDATE knowledge_index SET after = NULL WHERE ${IS_OUTDATED} RETURNING singleton`,
};

const LOCK = {
  name: 'knowledge.reindex.lock',
  text: `SELECT after FROM knowledge_index WHERE ${IS_OUTDATED} FOR UPDATE`,
};

const NEXT_BATCH = {
  name: 'knowledge.reindex.next',
  text: `SELECT id, document_id FROM knowledge_chunks WHERE id > $1 ORDER BY id LIMIT ${BATCH_SIZE}`,
};

const ADVANCE = { name: 'knowledge.reindex.advance', text: 'UPDATE knowledge_index SET after = $1' };

const FINISH = {
  name: 'knowledge.reindex.finish',
  text: `UPDATE knowledge_index SET server_major = ${SERVER_MAJOR_SQL}, words_version = ${WORDS_VERSION}, after = NULL`,
};

/** The progress of the rebuild of all chunks. Processes the chunks of all users. */
@Injectable()
export class ChunkReindexRepository extends RepositoryBase<KnowledgeChunk> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeChunk);
  }

  /** Returns false when the index is up to date. */
  begin(): Promise<boolean> {
    return this.affectedOneRow(BEGIN, []);
  }

  /** Locks the run until the end of the transaction. Returns undefined when the index is up to date. */
  lock(): Promise<{ after: string | null } | undefined> {
    return this.one(LOCK, []);
  }

  /** Returns the next chunks in the order of their ids. */
  nextBatch(after: string | null): Promise<{ id: string; document_id: string }[]> {
    return this.query(NEXT_BATCH, [after ?? NIL_UUID]);
  }

  async advance(after: string): Promise<void> {
    await this.query(ADVANCE, [after]);
  }

  async finish(): Promise<void> {
    await this.query(FINISH, []);
  }
}
