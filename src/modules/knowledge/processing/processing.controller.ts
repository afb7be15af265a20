import { Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DocumentResponse } from '@/modules/knowledge/documents/dto/document.response.js';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { EventStreams, LastEventId } from '@/platform/sse/index.js';
import { PathId } from '@/platform/validation/index.js';
import { DOCUMENT_EVENTS } from './dto/document-events.response.js';
import { processingErrors } from './processing.errors.js';
import { ProcessingService } from './processing.service.js';

const { document_not_found: notFound } = knowledgeErrors;
const CHANGE_ERRORS = [
  notFound,
  organizationErrors.role_insufficient,
  processingErrors.document_not_in_progress,
];

/** The ingestion of a document, which clients follow, cancel and retry. */
@ApiTags('Knowledge Base')
@Controller('api/rag/documents/:document_id')
export class ProcessingController {
  constructor(
    private readonly processing: ProcessingService,
    private readonly streams: EventStreams,
  ) {}

  @Post('cancel')
  @Requires('rag:write')
  @Operation({
    summary: 'Cancel the processing of a document',
    description:
      'The latest version fails with `cancelled`. Readers still find the version that was ready before.',
    response: DocumentResponse,
    errors: CHANGE_ERRORS,
  })
  cancelDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', notFound) id: string,
  ): Promise<DocumentResponse> {
    return this.processing.cancel(actor, id);
  }

  @Post('retry')
  @Requires('rag:write')
  @Operation({
    summary: 'Process a failed document again',
    response: DocumentResponse,
    errors: CHANGE_ERRORS,
    idempotent: true,
  })
  retryDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', notFound) id: string,
  ): Promise<DocumentResponse> {
    return this.processing.retry(actor, id);
  }

  @Get('events')
  @Requires('rag:read')
  @Operation({
    summary: 'Follow the processing of a document',
    description: `The data of each event is JSON, and its id an integer: \`stage\` (\`DocumentStageEvent\`), at first with the
present state, and \`end\` (\`DocumentEndEvent\`), after which the stream ends. Status 204: there are no further events.`,
    eventStream: 'only',
    events: DOCUMENT_EVENTS,
    errors: [notFound],
  })
  async followDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', notFound) id: string,
    @LastEventId() after: number,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const source = await this.processing.follow(actor, id, after);
    if (source) await this.streams.send(reply, source);
    // An EventSource does not reconnect after 204.
    else await reply.status(204).send();
  }
}
