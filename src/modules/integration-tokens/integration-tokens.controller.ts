import { Controller, Get, Header, Post } from '@nestjs/common';
import { Public, Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { inOrganization } from '../organizations/index.js';
import {
  GrantRequest,
  RevocationsQuery,
  RevokeTokenRequest,
  RotateTokenRequest,
  TenantQuery,
  TenantRequest,
  VerifyTokenRequest,
} from './dto/integration.requests.js';
import {
  FingerprintResponse,
  IntegrationJwksResponse,
  IntegrationTokenResponse,
  RevocationResponse,
  RevokedResponse,
  RotatedKeyResponse,
  TokenVerificationResponse,
} from './dto/integration.responses.js';
import { GrantsService } from './grants.service.js';
import { integrationErrors as errors } from './integration-tokens.errors.js';
import { PublicKeysService } from './public-keys.service.js';
import { TokenVerificationService } from './token-verification.service.js';

const MANAGE = inOrganization('integration_tokens.manage', { from: 'tenant' });

@ApiTags('Integration Tokens')
@Controller('api')
export class IntegrationTokensController {
  constructor(
    private readonly grants: GrantsService,
    private readonly verification: TokenVerificationService,
    private readonly keys: PublicKeysService,
  ) {}

  @Post('integration/grant')
  @Requires('integrations:write', MANAGE)
  @Operation({ summary: 'Issue a token', status: 201, response: IntegrationTokenResponse, idempotent: true })
  grantIntegrationToken(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: GrantRequest,
  ): Promise<IntegrationTokenResponse> {
    return this.grants.issue(actor, request);
  }

  @Post('integration/verify')
  @Requires('integrations:read', inOrganization('integration_tokens.verify', { from: 'tenant' }))
  @Operation({
    summary: 'Check whether a token is valid',
    description: 'The status is 200 also for an invalid token; `valid` is false then.',
    response: TokenVerificationResponse,
  })
  verifyIntegrationToken(
    @CurrentActor() { organization }: OrganizationActor,
    @Body() { token }: VerifyTokenRequest,
  ): Promise<TokenVerificationResponse> {
    return this.verification.verify(organization.id, token);
  }

  @Post('integration/revoke')
  @Requires('integrations:write', MANAGE)
  @Operation({
    bodyRequired: true,
    summary: 'Revoke a token',
    description: 'The token is invalid immediately. Repeating the request has no further effect.',
    response: RevokedResponse,
    errors: [errors.integration_token_not_found],
  })
  revokeIntegrationToken(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: RevokeTokenRequest,
  ): Promise<RevokedResponse> {
    return this.grants.revoke(actor, request);
  }

  @Post('integration/rotate')
  @Requires('integrations:write', MANAGE)
  @Operation({
    summary: 'Replace a token with a new one',
    status: 201,
    response: IntegrationTokenResponse,
    errors: [errors.integration_token_not_found, errors.integration_token_inactive],
    idempotent: true,
  })
  rotateIntegrationToken(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: RotateTokenRequest,
  ): Promise<IntegrationTokenResponse> {
    return this.grants.rotate(actor, request);
  }

  @Post('integration/keys/rotate')
  @Requires('integrations:write', MANAGE)
  @Operation({
    summary: 'Replace the key pair of the tenant',
    description: 'The previous public key is published, and valid for verification, for one more hour.',
    response: RotatedKeyResponse,
    errors: [errors.integration_key_not_found],
  })
  rotateIntegrationKey(
    @CurrentActor() actor: OrganizationActor,
    @Body() _request: TenantRequest,
  ): Promise<RotatedKeyResponse> {
    return this.keys.rotate(actor);
  }

  @Get('integration/jwks')
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  @Operation({ summary: 'Get the public keys of a tenant', response: IntegrationJwksResponse })
  getIntegrationJwks(@Query() { tenantId }: TenantQuery): Promise<IntegrationJwksResponse> {
    return this.keys.getJwks(tenantId);
  }

  @Get('integration/fingerprint')
  @Public()
  @Operation({
    summary: 'Get the fingerprint of the active public key',
    response: FingerprintResponse,
    errors: [errors.integration_key_not_found],
  })
  getIntegrationFingerprint(@Query() { tenantId }: TenantQuery): Promise<FingerprintResponse> {
    return this.keys.getFingerprint(tenantId);
  }

  @Get('admin/integration-token-revocations')
  @Requires('session', MANAGE)
  @Operation({ summary: 'List revoked tokens of a tenant, newest first', response: [RevocationResponse] })
  listIntegrationRevocations(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: RevocationsQuery,
  ): Promise<RevocationResponse[]> {
    return this.verification.listRevocations(actor, query);
  }
}
