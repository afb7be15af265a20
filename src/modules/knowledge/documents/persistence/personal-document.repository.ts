import { Injectable } from '@nestjs/common';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { DOCUMENT_COLUMNS, type DocumentRow, LATEST_VERSION } from './document-sql.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

/** `$4` number of rows, `$5` the last id of the page before. */
const listStatement = (page: 'first' | 'next') =>
  scopeToReader(
    `knowledge_documents.list_personal.${page}`,
    (readable) => `WITH p AS MATERIALIZED (${readable}), d AS (
        SELECT d.* FROM p CROSS JOIN LATERAL (
          SELECT d.* FROM knowledge_documents d
          WHERE d.partition_id = p.id ${page === 'first' ? '' : 'AND d.id < $5::uuid'} ORDER BY d.id DESC LIMIT $4) d
        WHERE p.owner_id = $1 ORDER BY d.id DESC LIMIT $4)
      SELECT ${DOCUMENT_COLUMNS} FROM d JOIN p ON p.id = d.partition_id JOIN ${LATEST_VERSION} ORDER BY d.id DESC`,
    'own',
  );
const LISTS = { first: listStatement('first'), next: listStatement('next') };

/** The documents that belong to a user: private ones, and those of conversations. */
@Injectable()
export class PersonalDocumentRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  list(
    userId: string,
    hasSecondFactor: boolean,
    { after, take }: PageWindow<string>,
  ): Promise<DocumentRow[]> {
    const reader = { userId, hasSecondFactor, organizationId: null };
    const values = [...readerParameters(reader, null), take, ...(after === null ? [] : [after])];
    return this.query<DocumentRow>(forReader(LISTS[after === null ? 'first' : 'next'], reader), values);
  }
}
