import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { CONTENT_TYPES } from '@/modules/knowledge/extraction/content-types.js';
import { knowledgeErrors as errors } from '@/modules/knowledge/knowledge.errors.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Query, PathId } from '@/platform/validation/index.js';
import { DocumentContentService } from './document-content.service.js';
import { ChunkWithNeighboursResponse, DocumentChunkResponse } from './dto/chunk.response.js';
import { ChunkQuery, DocumentTextQuery } from './dto/document.requests.js';

const VERSION_ERRORS = [errors.document_not_found, errors.document_version_not_found];

@ApiTags('Knowledge Base')
@Controller('api/rag/documents/:document_id')
export class DocumentContentController {
  constructor(private readonly content: DocumentContentService) {}

  @Get('content')
  @Requires('rag:read')
  @Operation({
    summary: 'Download the file of a document',
    description:
      'The bytes of the latest version as an attachment. HTML is sent as `application/octet-stream`.',
    response: { file: [...new Set(Object.values(CONTENT_TYPES).map(toSentType))] },
    errors: VERSION_ERRORS,
  })
  getDocumentContent(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
  ): Promise<StreamableFile> {
    return this.content.openFile(actor, id);
  }

  @Get('text')
  @Requires('rag:read')
  @Operation({
    summary: 'Read the text of a document',
    description: 'The text that offsets of chunks and citations refer to.',
    response: { file: 'text/plain' },
    errors: [...VERSION_ERRORS, errors.document_not_ready],
  })
  getDocumentText(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
    @Query() { version }: DocumentTextQuery,
  ): Promise<StreamableFile> {
    return this.content.openText(actor, id, version);
  }

  @Get('chunks')
  @Requires('rag:read')
  @Operation({
    summary: 'List the chunks of a document',
    description: 'In the order of the document.',
    response: [DocumentChunkResponse],
    errors: [errors.document_not_found],
  })
  listDocumentChunks(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
    @Query() query: PageQuery,
  ): Promise<DocumentChunkResponse[]> {
    return this.content.listChunks(actor, id, query);
  }

  @Get('chunks/:chunk_id')
  @Requires('rag:read')
  @Operation({
    summary: 'Get a chunk with its neighbours',
    response: ChunkWithNeighboursResponse,
    errors: [errors.document_not_found, errors.chunk_not_found],
  })
  getDocumentChunk(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
    @PathId('chunk_id', errors.chunk_not_found) chunkId: string,
    @Query() { neighbours = 0 }: ChunkQuery,
  ): Promise<ChunkWithNeighboursResponse> {
    return this.content.getChunk(actor, id, chunkId, neighbours);
  }
}

function toSentType(type: string): string {
  return type === CONTENT_TYPES.html ? 'application/octet-stream' : type;
}
