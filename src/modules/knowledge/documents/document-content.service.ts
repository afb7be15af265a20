import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { type PageQuery, toPage, windowBySequence } from '@/platform/pagination/index.js';
import { DocumentFinder } from './document-finder.js';
import { attachmentOf } from './document.rules.js';
import { ChunkWithNeighboursResponse, DocumentChunkResponse } from './dto/chunk.response.js';
import { DocumentChunkRepository } from './persistence/document-chunk.repository.js';
import { DocumentContentRepository } from './persistence/document-content.repository.js';

/** Browsers would render this type with the rights of the origin. */
const HTML = 'text/html';
const UNKNOWN_BYTES = 'application/octet-stream';

/** Reads files, texts and chunks of documents. */
@Injectable()
export class DocumentContentService {
  constructor(
    private readonly finder: DocumentFinder,
    private readonly content: DocumentContentRepository,
    private readonly chunks: DocumentChunkRepository,
  ) {}

  /** Returns the file of the latest version as an attachment that no browser renders. */
  async openFile(actor: Actor, id: string): Promise<StreamableFile> {
    const { version_id, content_type, filename, size } = await this.finder.findFor(actor, id);
    requestContext.setHeader('Content-Security-Policy', 'sandbox');
    requestContext.setHeader('X-Content-Type-Options', 'nosniff');
    return new StreamableFile(await this.openParts(version_id, 'original'), {
      type: content_type === HTML ? UNKNOWN_BYTES : content_type,
      disposition: attachmentOf(filename),
      length: size,
    });
  }

  /**
   * Returns the text of a version; by default of the one that readers find. Throws `document_version_not_found`, and
   * `document_not_ready` for a version without a text.
   */
  async openText(actor: Actor, id: string, requested: number | undefined): Promise<StreamableFile> {
    const document = await this.finder.findFor(actor, id);
    const number = requested ?? document.ready_version ?? document.version;
    const version = await this.content.findVersion(id, number);
    if (!version) throw knowledgeErrors.document_version_not_found();
    const { status } = version;
    if (status !== 'ready') throw knowledgeErrors.document_not_ready({ data: { version: number, status } });
    requestContext.setHeader('X-Content-Type-Options', 'nosniff');
    const text = await this.openParts(version.id, 'text');
    return new StreamableFile(text, { type: 'text/plain; charset=utf-8' });
  }

  async listChunks(actor: Actor, id: string, query: PageQuery): Promise<DocumentChunkResponse[]> {
    await this.finder.findFor(actor, id);
    const window = windowBySequence(query);
    const rows = await this.chunks.list(id, window);
    return toPage(window, rows, ({ ordinal }) => ordinal).map((row) => DocumentChunkResponse.from(row));
  }

  /** Throws `chunk_not_found`. */
  async getChunk(
    actor: Actor,
    id: string,
    chunkId: string,
    neighbours: number,
  ): Promise<ChunkWithNeighboursResponse> {
    await this.finder.findFor(actor, id);
    const rows = await this.chunks.findWithNeighbours(id, chunkId, neighbours);
    const chunk = ChunkWithNeighboursResponse.fromNeighbours(rows, chunkId);
    if (!chunk) throw knowledgeErrors.chunk_not_found();
    return chunk;
  }

  /** The first piece is read before the response begins, so that a version that was just deleted is not found. */
  private async openParts(versionId: string, kind: 'original' | 'text'): Promise<Readable> {
    const first = await this.content.readPart(versionId, kind, 0);
    if (first === null) throw knowledgeErrors.document_version_not_found();
    return Readable.from(this.content.iterateParts(versionId, kind, first), { objectMode: false });
  }
}
