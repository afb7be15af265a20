import { Injectable } from '@nestjs/common';
import type { Client } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { XcRegisterRequest } from '../dto/auth.requests.js';
import { Logins } from '../login/session-opener.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { XcRegisterResponse } from '../tokens/dto/token.responses.js';
import { Admission } from './registration-policy.js';
import { RegistrationService } from './registration.service.js';

/** The XC register: a person, the organization they own, and a first session, all or nothing. */
@Injectable()
export class XcRegistrationService {
  constructor(
    private readonly admission: Admission,
    private readonly registration: RegistrationService,
    private readonly logins: Logins,
    private readonly access: AccessTokens,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async register(client: Client, request: XcRegisterRequest): Promise<XcRegisterResponse> {
    await this.admission.assertAdmitted(client, request.turnstile_token);
    const hash = await this.registration.hashFor(request);
    return this.unitOfWork.run(async () => {
      const { userId, organizationId } = await this.registration.registerWithOrganization(request, hash);
      const session = await this.logins.open({ userId, client, refreshable: false });
      return {
        access_token: this.access.issue(session),
        token_type: 'bearer',
        organization_id: organizationId,
        message: 'Your account and your organization are ready.',
      };
    });
  }
}
