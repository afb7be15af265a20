import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { forOwner, type Owner, ownerParameters, scopeToOwner } from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeReceipt, type ReceiptSource } from './knowledge-receipt.entity.js';

/** `stale`: the document has another version now. `gone`: it was deleted, or the reader may not read it any more. */
export type SourceState = 'valid' | 'stale' | 'gone';

const INSERT = {
  name: 'knowledge_receipts.insert',
  text: `INSERT INTO knowledge_receipts
      (id, owner_id, organization_id, generation_id, conversation_id, query, answer, sentences, sources, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10)`,
};

const FIND = scopeToOwner(
  'knowledge_receipts.find',
  'r',
  (ownerFilter) => `SELECT r.* FROM knowledge_receipts r WHERE r.id = $3 AND ${ownerFilter}`,
);

const FIND_SOURCES_OF_GENERATION = scopeToOwner(
  'knowledge_receipts.of_generation',
  'r',
  (ownerFilter) => `SELECT r.sources FROM knowledge_receipts r WHERE r.generation_id = $3 AND ${ownerFilter}`,
);

const LIST = scopeToOwner(
  'knowledge_receipts.list',
  'r',
  (ownerFilter) => `SELECT r.* FROM knowledge_receipts r
    WHERE ${ownerFilter} AND ($3::uuid IS NULL OR r.id < $3::uuid) ORDER BY r.id DESC LIMIT $4`,
);

/** `$4` documents, `$5` their versions when they were cited. */
const FIND_STATES = scopeToReader(
  'knowledge_receipts.states',
  (readable) => `WITH readable AS MATERIALIZED (${readable})
    SELECT s.ordinal::int AS ordinal, CASE
        WHEN r.id IS NULL THEN 'gone'
        WHEN d.ready_version IS DISTINCT FROM s.version THEN 'stale'
        ELSE 'valid' END AS state
    FROM unnest($4::uuid[], $5::int[]) WITH ORDINALITY s (document_id, version, ordinal)
    LEFT JOIN knowledge_documents d ON d.id = s.document_id
    LEFT JOIN readable r ON r.id = d.partition_id
    ORDER BY s.ordinal`,
  'own',
);

/** Stores receipts, and judges their sources again. */
@Injectable()
export class ReceiptRepository extends RepositoryBase<KnowledgeReceipt> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeReceipt);
  }

  async insert(receipt: KnowledgeReceipt): Promise<void> {
    await this.query(INSERT, [
      receipt.id,
      receipt.owner_id,
      receipt.organization_id,
      receipt.generation_id,
      receipt.conversation_id,
      receipt.query,
      receipt.answer,
      JSON.stringify(receipt.sentences),
      JSON.stringify(receipt.sources),
      receipt.created_at,
    ]);
  }

  find(owner: Owner, id: string): Promise<KnowledgeReceipt | undefined> {
    return this.one<KnowledgeReceipt>(forOwner(FIND, owner), [...ownerParameters(owner), id]);
  }

  /** Returns the sources of a finished generation; none when it has no receipt. */
  async findSourcesOfGeneration(owner: Owner, generationId: string): Promise<ReceiptSource[]> {
    const values = [...ownerParameters(owner), generationId];
    const statement = forOwner(FIND_SOURCES_OF_GENERATION, owner);
    return (await this.one<Pick<KnowledgeReceipt, 'sources'>>(statement, values))?.sources ?? [];
  }

  /** Returns receipts for an export, newest first. */
  listPart(owner: Owner, { after, take }: PageWindow<string>): Promise<KnowledgeReceipt[]> {
    return this.query<KnowledgeReceipt>(forOwner(LIST, owner), [...ownerParameters(owner), after, take]);
  }

  /** Returns the states of sources, in their order. Without a version, a source is `gone` or `stale`. */
  async findStates(
    reader: KnowledgeReader,
    sources: readonly (Pick<ReceiptSource, 'document_id'> & { document_version?: number })[],
  ): Promise<SourceState[]> {
    const values = [
      ...readerParameters(reader, null),
      sources.map(({ document_id }) => document_id),
      sources.map(({ document_version = null }) => document_version),
    ];
    const rows = await this.query<{ state: SourceState }>(forReader(FIND_STATES, reader), values);
    return rows.map(({ state }) => state);
  }
}
