import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { knowledgeErrors as errors } from '@/modules/knowledge/knowledge.errors.js';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { CollectionsService } from './collections.service.js';
import {
  CollectionQuery,
  CreateCollectionRequest,
  DeleteCollectionQuery,
  MANIFEST_LIMIT,
  SyncCollectionRequest,
  UpdateCollectionRequest,
} from './dto/collection.requests.js';
import { CollectionResponse, CollectionSyncResponse } from './dto/collection.responses.js';

const PLACE_ERRORS = [
  organizationErrors.organization_not_found,
  organizationErrors.team_not_found,
  organizationErrors.role_insufficient,
  platformErrors.two_factor_required,
];

@ApiTags('Knowledge Base')
@Controller('api/rag/collections')
export class CollectionsController {
  constructor(private readonly collections: CollectionsService) {}

  @Get()
  @Requires('rag:read')
  @Operation({ summary: 'List collections', description: 'Newest first.', response: [CollectionResponse] })
  listCollections(
    @CurrentActor() actor: Actor,
    @Query() query: CollectionQuery,
  ): Promise<CollectionResponse[]> {
    return this.collections.list(actor, query);
  }

  @Post()
  @Requires('rag:write')
  @Operation({
    summary: 'Create a collection',
    description: 'Its documents have its readers.',
    status: 201,
    response: CollectionResponse,
    errors: PLACE_ERRORS,
    idempotent: 'in-transaction',
  })
  createCollection(
    @CurrentActor() actor: Actor,
    @Body() request: CreateCollectionRequest,
  ): Promise<CollectionResponse> {
    return this.collections.create(actor, request);
  }

  @Get(':collection_id')
  @Requires('rag:read')
  @Operation({
    summary: 'Get a collection',
    response: CollectionResponse,
    errors: [errors.collection_not_found],
  })
  getCollection(
    @CurrentActor() actor: Actor,
    @PathId('collection_id', errors.collection_not_found) id: string,
  ): Promise<CollectionResponse> {
    return this.collections.get(actor, id);
  }

  @Patch(':collection_id')
  @Requires('rag:write')
  @Operation({
    summary: 'Change the name or the readers of a collection',
    description: 'All documents of the collection get the same readers.',
    response: CollectionResponse,
    errors: [
      errors.collection_not_found,
      ...PLACE_ERRORS,
      errors.storage_full,
      platformErrors.field_read_only,
    ],
  })
  updateCollection(
    @CurrentActor() actor: Actor,
    @PathId('collection_id', errors.collection_not_found) id: string,
    @Body() request: UpdateCollectionRequest,
  ): Promise<CollectionResponse> {
    return this.collections.update(actor, id, request);
  }

  @Delete(':collection_id')
  @Requires('rag:write')
  @Operation({
    summary: 'Delete a collection, and its documents when the request says so',
    status: 204,
    errors: [errors.collection_not_found, organizationErrors.role_insufficient],
  })
  deleteCollection(
    @CurrentActor() actor: Actor,
    @PathId('collection_id', errors.collection_not_found) id: string,
    @Query() query: DeleteCollectionQuery,
  ): Promise<void> {
    return this.collections.delete(actor, id, query);
  }

  @Post(':collection_id/sync')
  @Requires('rag:write')
  @Operation({
    summary: 'Compare the files of a source with a collection',
    description:
      'Upload the files of `upload` with this `collection_id` and their `path`. Only documents with a path are compared.',
    response: CollectionSyncResponse,
    errors: [errors.collection_not_found],
    bodyLimit: MANIFEST_LIMIT,
  })
  syncCollection(
    @CurrentActor() actor: Actor,
    @PathId('collection_id', errors.collection_not_found) id: string,
    @Body() request: SyncCollectionRequest,
  ): Promise<CollectionSyncResponse> {
    return this.collections.sync(actor, id, request);
  }
}
