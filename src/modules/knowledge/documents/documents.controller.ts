import { Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/index.js';
import { knowledgeErrors as errors } from '@/modules/knowledge/knowledge.errors.js';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { type ReceivedFile, UploadedFile } from '@/platform/uploads/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { DocumentUploadService } from './document-upload.service.js';
import { TEXT_BODY_LIMIT } from './document.rules.js';
import { DocumentsService } from './documents.service.js';
import {
  CREATE_FORM,
  CreateDocumentRequest,
  DocumentQuery,
  REPLACE_FORM,
  ReplaceDocumentRequest,
  UpdateDocumentRequest,
} from './dto/document.requests.js';
import { DocumentResponse } from './dto/document.response.js';

const FILE_ERRORS = [
  platformErrors.file_too_large,
  errors.storage_full,
  errors.document_type_unsupported,
  platformErrors.overloaded,
];
const PLACE_ERRORS = [
  errors.collection_not_found,
  organizationErrors.organization_not_found,
  organizationErrors.team_not_found,
  conversationErrors.conversation_not_found,
  organizationErrors.role_insufficient,
  platformErrors.two_factor_required,
];

@ApiTags('Knowledge Base')
@Controller('api/rag/documents')
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly uploads: DocumentUploadService,
  ) {}

  @Get()
  @Requires('rag:read')
  @Operation({
    summary: 'List documents',
    description: 'Newest first, over all documents that you may read now.',
    response: [DocumentResponse],
  })
  listDocuments(@CurrentActor() actor: Actor, @Query() query: DocumentQuery): Promise<DocumentResponse[]> {
    return this.documents.list(actor, query);
  }

  @Post()
  @Requires('rag:write')
  @Operation({
    summary: 'Upload document',
    description:
      'A file in a form, or a text in JSON. The same bytes in the same place answer 200 with the existing document.',
    status: 201,
    response: DocumentResponse,
    errors: [...FILE_ERRORS, ...PLACE_ERRORS],
    idempotent: 'in-transaction',
    upload: CREATE_FORM,
    bodyLimit: TEXT_BODY_LIMIT,
    bodyRequired: true,
  })
  createDocument(
    @CurrentActor() actor: Actor,
    @Body() request: CreateDocumentRequest,
    @UploadedFile() file: ReceivedFile | undefined,
  ): Promise<DocumentResponse> {
    return this.uploads.create(actor, request, file);
  }

  @Get(':document_id')
  @Requires('rag:read')
  @Operation({ summary: 'Get a document', response: DocumentResponse, errors: [errors.document_not_found] })
  getDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
  ): Promise<DocumentResponse> {
    return this.documents.get(actor, id);
  }

  @Put(':document_id')
  @Requires('rag:write')
  @Operation({
    summary: 'Upload a new version of a document',
    description:
      'Readers find the old version until the new one is ready. A version that is not ready is replaced. The same bytes make no new version.',
    response: DocumentResponse,
    errors: [...FILE_ERRORS, errors.document_not_found, organizationErrors.role_insufficient],
    upload: REPLACE_FORM,
    bodyLimit: TEXT_BODY_LIMIT,
    bodyRequired: true,
  })
  replaceDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
    @Body() request: ReplaceDocumentRequest,
    @UploadedFile() file: ReceivedFile | undefined,
  ): Promise<DocumentResponse> {
    return this.uploads.replace(actor, id, request, file);
  }

  @Patch(':document_id')
  @Requires('rag:write')
  @Operation({
    summary: 'Change the title, collection, readers or metadata of a document',
    description: 'Readers of the old place stop finding it at once.',
    response: DocumentResponse,
    errors: [
      errors.document_not_found,
      ...PLACE_ERRORS,
      errors.document_path_taken,
      errors.storage_full,
      platformErrors.field_read_only,
    ],
  })
  updateDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
    @Body() request: UpdateDocumentRequest,
  ): Promise<DocumentResponse> {
    return this.documents.update(actor, id, request);
  }

  @Delete(':document_id')
  @Requires('rag:write')
  @Operation({
    summary: 'Delete a document',
    description: 'Deletes its files, its text and its chunks, in whichever state it is.',
    status: 204,
    errors: [errors.document_not_found, organizationErrors.role_insufficient],
  })
  deleteDocument(
    @CurrentActor() actor: Actor,
    @PathId('document_id', errors.document_not_found) id: string,
  ): Promise<void> {
    return this.documents.delete(actor, id);
  }
}
