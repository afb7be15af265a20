import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { DocumentPart } from './document-part.entity.js';
import type { DocumentVersion } from './document-version.entity.js';

const FIND_VERSION = {
  name: 'knowledge_document_versions.find',
  text: 'SELECT id, version, status FROM knowledge_document_versions WHERE document_id = $1 AND version = $2',
};

const READ_PART = {
  name: 'knowledge_document_parts.read',
  text: 'SELECT data FROM knowledge_document_parts WHERE version_id = $1 AND kind = $2 AND part = $3',
};

const COUNT_PARTS = {
  name: 'knowledge_document_parts.count',
  text: 'SELECT count(*)::int AS count FROM knowledge_document_parts WHERE version_id = $1 AND kind = $2',
};

/** Reads the files and texts of versions. The caller has checked that the reader may read the document. */
@Injectable()
export class DocumentContentRepository extends RepositoryBase<DocumentPart> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DocumentPart);
  }

  findVersion(
    documentId: string,
    version: number,
  ): Promise<Pick<DocumentVersion, 'id' | 'version' | 'status'> | undefined> {
    return this.one(FIND_VERSION, [documentId, version]);
  }

  async readPart(versionId: string, kind: DocumentPart['kind'], part: number): Promise<Buffer | null> {
    return (await this.one<{ data: Buffer }>(READ_PART, [versionId, kind, part]))?.data ?? null;
  }

  /** Yields all parts, of which the caller has read the first. Throws when the version is deleted while it is read. */
  async *iterateParts(
    versionId: string,
    kind: DocumentPart['kind'],
    first: Buffer | null,
  ): AsyncGenerator<Buffer> {
    const count = (await this.one<{ count: number }>(COUNT_PARTS, [versionId, kind]))?.count ?? 0;
    for (let part = 0; part < count; part += 1) {
      const data = part === 0 && first !== null ? first : await this.readPart(versionId, kind, part);
      if (data === null) throw new Error('A version was deleted while it was read.');
      yield data;
    }
  }
}
