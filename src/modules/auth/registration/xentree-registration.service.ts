import { Injectable } from '@nestjs/common';
import { OrganizationCreationService } from '@/modules/organizations/index.js';
import { AccountsService, splitName, type UserProfileResponse, UsersService } from '@/modules/users/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { RegisterRequest, XcRegisterRequest } from '../login/dto/login.requests.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { EmailLinkRequestService } from '../recovery/email-link-request.service.js';

export interface RegistrationResult {
  userId: string;
  organizationId: OrganizationId;
}

/** Opening an account: alone on the Xentree face, with an organization on the XC face. */
@Injectable()
export class XentreeRegistrationService {
  constructor(
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly organizationCreation: OrganizationCreationService,
    private readonly emailLinkRequests: EmailLinkRequestService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async register({ username, email, password, full_name }: RegisterRequest): Promise<UserProfileResponse> {
    const name = splitName(full_name ?? '');
    const hash = await this.newPasswordHasher.hash(password, [username, email, full_name ?? '']);
    return this.unitOfWork.run(async () => {
      const id = await this.accounts.create({ username, email, password_hash: hash, ...name });
      await this.emailLinkRequests.sendVerification(id, email);
      return this.users.readProfile(id);
    });
  }

  hashPassword({ email, password, company_name, first_name, last_name }: XcRegisterRequest): Promise<string> {
    return this.newPasswordHasher.hash(password, [email, company_name, first_name, last_name]);
  }

  /** Inside the caller's unit of work. Answers the ids of the new account and of the organization it owns. */
  async registerWithOrganization(request: XcRegisterRequest, hash: string): Promise<RegistrationResult> {
    const { email, company_name, first_name, last_name } = request;
    const userId = await this.accounts.create({ email, password_hash: hash, first_name, last_name });
    const organizationId = await this.organizationCreation.createWithOwner(
      { userId },
      { name: company_name },
    );
    await this.accounts.setHomeOrganization(userId, organizationId);
    await this.emailLinkRequests.sendVerification(userId, email);
    return { userId, organizationId };
  }
}
