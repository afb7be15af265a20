import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';
import type { ChunkRow } from '../persistence/document-chunk.repository.js';

/** A passage of a document. Offsets are UTF-16 code units in the text of the version; `end` is exclusive. */
@ApiSchema({ name: 'DocumentChunkResponse' })
export class DocumentChunkResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  document_id!: string;

  @ResponseField('integer', 1)
  document_version!: number;

  @ResponseField('integer', 0, { description: 'Position in the document, from 0.' })
  position!: number;

  @ResponseField('string', 'The office is open from Monday to Friday.')
  content!: string;

  @ResponseListField('string', ['Opening hours'], 'Headings above the chunk, the highest first.')
  heading_path!: string[];

  @ResponseField('integer', 1, { nullable: true, description: 'From 1; null without pages.' })
  page!: number | null;

  @ResponseField('integer', 17)
  start!: number;

  @ResponseField('integer', 58)
  end!: number;

  static from(row: ChunkRow): DocumentChunkResponse {
    return {
      id: row.id,
      document_id: row.document_id,
      document_version: row.version,
      position: row.ordinal,
      content: row.content,
      heading_path: row.heading_path,
      page: row.page,
      start: row.start_offset,
      end: row.end_offset,
    };
  }
}

@ApiSchema({ name: 'ChunkWithNeighboursResponse' })
export class ChunkWithNeighboursResponse extends DocumentChunkResponse {
  @ResponseListField(() => DocumentChunkResponse, undefined, 'The chunks before this one, in document order.')
  before!: DocumentChunkResponse[];

  @ResponseListField(() => DocumentChunkResponse, undefined, 'The chunks after this one, in document order.')
  after!: DocumentChunkResponse[];

  /** `rows` are the chunk `id` and its neighbours in document order. Returns null without that chunk. */
  static fromNeighbours(rows: readonly ChunkRow[], id: string): ChunkWithNeighboursResponse | null {
    const index = rows.findIndex((row) => row.id === id);
    const chunk = rows[index];
    if (!chunk) return null;
    const convert = (row: ChunkRow): DocumentChunkResponse => DocumentChunkResponse.from(row);
    const [before, after] = [rows.slice(0, index).map(convert), rows.slice(index + 1).map(convert)];
    return { ...convert(chunk), before, after };
  }
}
