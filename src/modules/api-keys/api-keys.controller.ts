import { Controller, Delete, Get, Post } from '@nestjs/common';
import {
  Requires,
  CurrentActor,
  type OrganizationActor,
  type SessionActor,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { inOrganization, organizationErrors } from '../organizations/index.js';
import { apiKeyErrors as errors } from './api-keys.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyQuery, CreateApiKeyRequest } from './dto/api-key.requests.js';
import { ApiKeyResponse, NewApiKeyResponse } from './dto/api-key.responses.js';

const LOOKUP_ERRORS = [errors.api_key_not_found, platformErrors.two_factor_required];

@ApiTags('API Keys')
@Controller('api/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Requires('session')
  @Operation({
    summary: 'List API keys',
    description:
      'Your own keys, and all keys of organizations in which you are an owner or admin. Newest first.',
    response: [ApiKeyResponse],
    errors: [organizationErrors.organization_not_found, platformErrors.two_factor_required],
  })
  listApiKeys(@CurrentActor() actor: SessionActor, @Query() query: ApiKeyQuery): Promise<ApiKeyResponse[]> {
    return this.keys.list(actor, query);
  }

  @Post()
  @Requires('session', inOrganization('api_keys.create', { from: 'body' }))
  @Operation({
    summary: 'Create an API key',
    description:
      'The response is the only one that contains the key. Members and team managers can grant only `:read` scopes.',
    status: 201,
    response: NewApiKeyResponse,
    errors: [organizationErrors.role_insufficient],
    idempotent: 'in-transaction',
  })
  createApiKey(
    @CurrentActor() actor: OrganizationActor & SessionActor,
    @Body() request: CreateApiKeyRequest,
  ): Promise<NewApiKeyResponse> {
    return this.keys.create(actor, request);
  }

  @Delete(':key_id')
  @Requires('session')
  @Operation({
    summary: 'Delete an API key',
    description: 'Requests with the key are refused immediately.',
    status: 204,
    errors: LOOKUP_ERRORS,
  })
  deleteApiKey(
    @CurrentActor() actor: SessionActor,
    @PathId('key_id', errors.api_key_not_found) id: string,
  ): Promise<void> {
    return this.keys.delete(actor, id);
  }

  @Post(':key_id/resume')
  @Requires('session')
  @Operation({
    summary: 'Reactivate a key suspended by a password reset',
    response: ApiKeyResponse,
    errors: LOOKUP_ERRORS,
  })
  resumeApiKey(
    @CurrentActor() actor: SessionActor,
    @PathId('key_id', errors.api_key_not_found) id: string,
  ): Promise<ApiKeyResponse> {
    return this.keys.resume(actor, id);
  }
}
