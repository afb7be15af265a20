import { Injectable } from '@nestjs/common';
import { AccountsService, splitName, type UserProfileResponse, UsersService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { EmailLinkRequestService } from '../recovery/email-link-request.service.js';
import type { RegisterRequest } from './dto/registration.requests.js';
import { RegistrationPolicy } from './registration-policy.js';

/** Registers a user without an organization (Xentree API). */
@Injectable()
export class XentreeRegistrationService {
  constructor(
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly emailLinkRequests: EmailLinkRequestService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Creates the account and sends the verification e-mail. Throws `username_taken`, `email_taken`. */
  async register(client: ClientInfo, request: RegisterRequest): Promise<UserProfileResponse> {
    return this.registrationPolicy.register(client, request.turnstile_token, () => this.create(request));
  }

  private async create({
    username,
    email,
    password,
    full_name,
  }: RegisterRequest): Promise<UserProfileResponse> {
    const { first_name, last_name } = splitName(full_name ?? '');
    const hash = await this.newPasswordHasher.hash(password, [username, email, full_name ?? '']);
    return this.unitOfWork.run(async () => {
      const account = { username, email, password_hash: hash, first_name, last_name, accepted: true };
      const id = await this.accounts.create(account);
      await this.emailLinkRequests.sendVerification(id, email);
      return this.users.readProfile(id);
    });
  }
}
