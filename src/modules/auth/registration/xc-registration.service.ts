import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { XcRegisterRequest } from '../login/dto/login.requests.js';
import { SessionOpener } from '../login/session-opener.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { XcRegisterResponse } from '../tokens/dto/token.responses.js';
import { RegistrationPolicy } from './registration-policy.js';
import { XentreeRegistrationService } from './xentree-registration.service.js';

/** The XC register: a person, the organization they own, and a first session, all or nothing. */
@Injectable()
export class XcRegistrationService {
  constructor(
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly registration: XentreeRegistrationService,
    private readonly sessionOpener: SessionOpener,
    private readonly accessTokens: AccessTokens,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async register(client: ClientInfo, request: XcRegisterRequest): Promise<XcRegisterResponse> {
    await this.registrationPolicy.assertAllowed(client, request.turnstile_token);
    const hash = await this.registration.hashPassword(request);
    return this.unitOfWork.run(async () => {
      const { userId, organizationId } = await this.registration.registerWithOrganization(request, hash);
      const session = await this.sessionOpener.open({ userId, client, refreshable: false });
      return {
        access_token: this.accessTokens.issue(session),
        token_type: 'bearer',
        organization_id: organizationId,
        message: 'Your account and your organization are ready.',
      };
    });
  }
}
