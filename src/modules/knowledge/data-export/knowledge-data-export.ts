import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataExportRegistry, type ExportedFile } from '@/modules/users/index.js';
import { CollectionResponse } from '../collection-management/dto/collection.responses.js';
import { CollectionRepository } from '../collections/persistence/collection.repository.js';
import { DocumentResponse } from '../documents/dto/document.response.js';
import { DocumentContentRepository } from '../documents/persistence/document-content.repository.js';
import type { DocumentRow } from '../documents/persistence/document-sql.js';
import { PersonalDocumentRepository } from '../documents/persistence/personal-document.repository.js';

const PAGE_SIZE = 200;

/** Adds the personal documents of a user, their files and collections to the data export. Files are read while they are sent. */
@Injectable()
export class KnowledgeDataExport implements OnModuleInit {
  constructor(
    private readonly documents: PersonalDocumentRepository,
    private readonly content: DocumentContentRepository,
    private readonly collections: CollectionRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('documents', (userId, hasSecondFactor) => this.rows(userId, hasSecondFactor));
    this.dataExports.register('collections', (userId, hasSecondFactor) =>
      this.exportCollections(userId, hasSecondFactor),
    );
    this.dataExports.registerFiles('documents', (userId, hasSecondFactor) =>
      this.files(userId, hasSecondFactor),
    );
  }

  private async *rows(userId: string, hasSecondFactor: boolean): AsyncGenerator<object> {
    for await (const row of this.iterate(userId, hasSecondFactor)) yield DocumentResponse.from(row);
  }

  private async *files(userId: string, hasSecondFactor: boolean): AsyncGenerator<ExportedFile> {
    for await (const { id, filename, version_id } of this.iterate(userId, hasSecondFactor))
      yield {
        name: `${id}/${filename.replace(/[/\\]/g, '_')}`,
        open: () =>
          Readable.from(this.content.iterateParts(version_id, 'original', null), { objectMode: false }),
      };
  }

  private async *iterate(userId: string, hasSecondFactor: boolean): AsyncGenerator<DocumentRow> {
    let after: string | null = null;
    for (;;) {
      const rows: DocumentRow[] = await this.documents.list(userId, hasSecondFactor, {
        after,
        take: PAGE_SIZE,
      });
      yield* rows;
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }

  private async *exportCollections(userId: string, hasSecondFactor: boolean): AsyncGenerator<object> {
    const reader = { userId, hasSecondFactor, organizationId: null };
    let after: string | null = null;
    for (;;) {
      const rows = await this.collections.list(reader, 'private', { after, take: PAGE_SIZE });
      for (const row of rows) yield CollectionResponse.from(row);
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }
}
