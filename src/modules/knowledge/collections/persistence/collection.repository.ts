import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { isManageableSql } from '@/modules/knowledge/access/persistence/manageable.js';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeCollection } from './knowledge-collection.entity.js';

/** A collection with its readers. */
export interface CollectionRow extends KnowledgeCollection, Place {
  /** Whether the reader may change and delete it. */
  manageable: boolean;
}

const COLUMNS = `c.*, p.visibility, p.owner_id, p.organization_id, p.team_id, p.conversation_id,
  ${isManageableSql('c.created_by')} AS manageable`;

const FIND = scopeToReader(
  'knowledge_collections.find',
  (readable) => `WITH p AS MATERIALIZED (${readable})
    SELECT ${COLUMNS} FROM knowledge_collections c JOIN p ON p.id = c.partition_id WHERE c.id = $4`,
  'own',
);

/** `$4` visibility or null, `$5` number of rows, `$6` the last id of the page before. */
const listStatement = (page: 'first' | 'next') =>
  scopeToReader(
    `knowledge_collections.list.${page}`,
    (readable) => `WITH p AS MATERIALIZED (${readable}), c AS (
        SELECT c.* FROM p CROSS JOIN LATERAL (
          SELECT c.* FROM knowledge_collections c
          WHERE c.partition_id = p.id ${page === 'first' ? '' : 'AND c.id < $6::uuid'} ORDER BY c.id DESC LIMIT $5) c
        WHERE $4::text IS NULL OR p.visibility = $4 ORDER BY c.id DESC LIMIT $5)
      SELECT ${COLUMNS} FROM c JOIN p ON p.id = c.partition_id ORDER BY c.id DESC`,
  );
const LISTS = { first: listStatement('first'), next: listStatement('next') };

const LOCK = {
  name: 'knowledge_collections.lock',
  text: 'SELECT id FROM knowledge_collections WHERE id = $1 FOR UPDATE',
};

const UPDATE = {
  name: 'knowledge_collections.update',
  text: 'UPDATE knowledge_collections SET name = $2, partition_id = $3, updated_at = $4 WHERE id = $1',
};

const INSERT = {
  name: 'knowledge_collections.insert',
  text: `INSERT INTO knowledge_collections (id, partition_id, created_by, name, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)`,
};

const DELETE = {
  name: 'knowledge_collections.delete',
  text: 'DELETE FROM knowledge_collections WHERE id = $1',
};

const LOCK_SHARED = {
  name: 'knowledge_collections.lock_shared',
  text: 'SELECT id FROM knowledge_collections WHERE id = $1 FOR SHARE',
};

/** Stores collections. A reader finds only collections whose documents they may read now. */
@Injectable()
export class CollectionRepository extends RepositoryBase<KnowledgeCollection> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeCollection);
  }

  find(reader: KnowledgeReader, id: string): Promise<CollectionRow | undefined> {
    return this.one<CollectionRow>(forReader(FIND, reader), [...readerParameters(reader, null), id]);
  }

  /** Locks a collection against changes; several transactions can hold the lock together. */
  async lockShared(id: string): Promise<void> {
    await this.query(LOCK_SHARED, [id]);
  }

  /** Returns collections, newest first. */
  list(
    reader: KnowledgeReader,
    visibility: Visibility | null,
    { after, take }: PageWindow<string>,
  ): Promise<CollectionRow[]> {
    const list = LISTS[after === null ? 'first' : 'next'];
    const values = [...readerParameters(reader, null), visibility, take, ...(after === null ? [] : [after])];
    return this.query<CollectionRow>(forReader(list, reader), values);
  }

  /** Locks a collection until the surrounding transaction ends. */
  async lock(id: string): Promise<void> {
    await this.query(LOCK, [id]);
  }

  async insert(row: Omit<KnowledgeCollection, 'updated_at'>): Promise<void> {
    await this.query(INSERT, [row.id, row.partition_id, row.created_by, row.name, row.created_at]);
  }

  async update(
    id: string,
    { name, partition_id }: Pick<KnowledgeCollection, 'name' | 'partition_id'>,
    now: Date,
  ): Promise<void> {
    await this.query(UPDATE, [id, name, partition_id, now]);
  }

  async delete(id: string): Promise<void> {
    await this.query(DELETE, [id]);
  }
}
