import { Injectable } from '@nestjs/common';
import { InvitationOffers, organizationErrors } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { Client, SessionActor } from '@/platform/access/actor.js';
import { AppError, validationFailed } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { AcceptInvitationRequest } from '../administration/dto/administration.requests.js';
import { authErrors } from '../auth.errors.js';
import { NewPassword } from '../passwords/new-password-hasher.js';
import { FirstLogin, type FirstLoginOutcome } from './first-login.js';
import { Admission } from './registration-policy.js';

/** Accepting an invitation: with the account one has, or by opening one. The mailed token proves the address. */
@Injectable()
export class InvitationAcceptance {
  constructor(
    private readonly offers: InvitationOffers,
    private readonly accounts: AccountsService,
    private readonly admission: Admission,
    private readonly newPassword: NewPassword,
    private readonly firstLogin: FirstLogin,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Answers the organization. Throws `invitation_invalid`, `invitation_for_another`, `role_insufficient`. */
  async acceptSignedIn({ userId }: SessionActor, token: string): Promise<string> {
    const offer = await this.offers.open(token);
    const user = await this.accounts.find(userId);
    if (user?.email !== offer.email) throw organizationErrors.invitation_for_another();
    await this.unitOfWork.run(async () => {
      await this.offers.take(await this.offers.hold(offer, token), userId);
      await this.accounts.verifyEmail(userId, offer.email);
    });
    return offer.organization_id;
  }

  /** Opens an account whose home is the organization, and logs in. Throws `login_required` where there is one. */
  async acceptAnew(client: Client, request: AcceptInvitationRequest): Promise<FirstLoginOutcome> {
    const { token, password, first_name, last_name } = request;
    const offer = await this.offers.open(token);
    const { email, organization_id } = offer;
    if (await this.accounts.findByEmail(email)) throw authErrors.login_required();
    this.admission.assertInvitable();
    if (password === undefined)
      throw validationFailed([
        { path: 'password', rule: 'required', message: 'is required for a new account' },
      ]);
    const hash = await this.newPassword.hash(password, [email, first_name, last_name]);
    return this.unitOfWork.run(async () => {
      const held = await this.offers.hold(offer, token);
      const account = { email, password_hash: hash, first_name, last_name };
      const userId = await this.accounts.create(account).catch(asLoginRequired);
      await this.accounts.verifyEmail(userId, email);
      await this.accounts.homeIn(userId, organization_id);
      await this.offers.take(held, userId);
      return this.firstLogin.open(userId, client);
    });
  }
}

/** Somebody opened the account meanwhile. */
function asLoginRequired(error: unknown): never {
  throw error instanceof AppError && error.code === 'email_taken' ? authErrors.login_required() : error;
}
