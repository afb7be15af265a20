import { Injectable } from '@nestjs/common';
import { OrganizationCreationService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { LoginCompletionService } from '../login/login-completion.service.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { EmailLinkRequestService } from '../recovery/email-link-request.service.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { XcRegisterRequest } from './dto/registration.requests.js';
import type { XcRegisterResponse } from './dto/registration.responses.js';
import { RegistrationPolicy } from './registration-policy.js';

/** Creates an account together with the organization it owns. */
@Injectable()
export class OrganizationAccountWriter {
  constructor(
    private readonly accounts: AccountsService,
    private readonly organizationCreation: OrganizationCreationService,
    private readonly emailLinkRequests: EmailLinkRequestService,
  ) {}

  /** Runs in the caller's transaction; sends the verification e-mail. Throws `email_taken`. */
  async create(
    { email, company_name, first_name, last_name }: XcRegisterRequest,
    hash: string,
  ): Promise<{ userId: string; organizationId: OrganizationId }> {
    const userId = await this.accounts.create({
      email,
      password_hash: hash,
      first_name,
      last_name,
      accepted: true,
    });
    const organization = { name: company_name };
    const organizationId = await this.organizationCreation.createWithOwner({ userId }, organization);
    await this.accounts.setHomeOrganization(userId, organizationId);
    await this.emailLinkRequests.sendVerification(userId, email);
    return { userId, organizationId };
  }
}

/** Registers an organization with its first user (XC API). */
@Injectable()
export class XcRegistrationService {
  constructor(
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly accountWriter: OrganizationAccountWriter,
    private readonly loginCompletion: LoginCompletionService,
    private readonly accessTokens: AccessTokens,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  register(client: ClientInfo, request: XcRegisterRequest): Promise<XcRegisterResponse> {
    return this.registrationPolicy.register(client, request.turnstile_token, () =>
      this.create(client, request),
    );
  }

  /** Creates account, organization and first session in one transaction. */
  private async create(client: ClientInfo, request: XcRegisterRequest): Promise<XcRegisterResponse> {
    const { email, password, company_name, first_name, last_name } = request;
    const hash = await this.newPasswordHasher.hash(password, [email, company_name, first_name, last_name]);
    return this.unitOfWork.run(async () => {
      const { userId, organizationId } = await this.accountWriter.create(request, hash);
      const session = await this.loginCompletion.complete({ userId, client, refreshable: false });
      return {
        access_token: this.accessTokens.issue(session),
        token_type: 'bearer',
        organization_id: organizationId,
        message: 'Your account and your organization are ready.',
      };
    });
  }
}
