import { Injectable } from '@nestjs/common';
import { InvitationRedemptionService, organizationErrors } from '@/modules/organizations/index.js';
import { AccountsService, OperatorPolicy, userErrors } from '@/modules/users/index.js';
import type { ClientInfo, SessionActor } from '@/platform/access/index.js';
import { AppError, invalidField } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import { XcLoginResponse } from '../login/dto/xc-login.responses.js';
import { type FirstLoginResult, LoginCompletionService } from '../login/login-completion.service.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { AcceptInvitationRequest } from './dto/registration.requests.js';
import { JoinedResponse } from './dto/registration.responses.js';
import { RegistrationPolicy } from './registration-policy.js';

/** Creates the accounts of invited persons. */
@Injectable()
export class InvitedAccountWriter {
  constructor(
    private readonly accounts: AccountsService,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly newPasswordHasher: NewPasswordHasher,
  ) {}

  /**
   * Checks the request before the transaction, and returns the hash. Throws `login_required` if the account exists, and
   * `email_taken` if the address is reserved for an account.
   */
  async hashPassword(email: string, request: AcceptInvitationRequest): Promise<string> {
    const { password, first_name, last_name } = request;
    if (await this.accounts.findByEmail(email)) throw authErrors.login_required();
    if (await this.accounts.isEmailTaken(email, null)) throw userErrors.email_taken();
    this.registrationPolicy.assertOpenToInvited();
    if (password === undefined) throw invalidField('password', 'required', 'is required for a new account');
    return this.newPasswordHasher.hash(password, [email, first_name, last_name]);
  }

  /** Runs in the caller's transaction. No organization becomes the home of an operator. Throws `login_required`. */
  async create(
    { email, organization_id }: { email: string; organization_id: OrganizationId },
    { first_name, last_name }: AcceptInvitationRequest,
    hash: string,
  ): Promise<string> {
    const account = { email, password_hash: hash, first_name, last_name, accepted: true };
    const userId = await this.accounts.create(account).catch(rethrowAsLoginRequired);
    await this.accounts.markEmailVerified(userId, email);
    if (!this.operatorPolicy.isOperatorAddress(email))
      await this.accounts.setHomeOrganization(userId, organization_id);
    return userId;
  }
}

/** Accepts invitations, with an existing or a new account. The e-mailed token proves control of the address. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly invitations: InvitationRedemptionService,
    private readonly accounts: AccountsService,
    private readonly accountWriter: InvitedAccountWriter,
    private readonly loginCompletion: LoginCompletionService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns the organization id. Throws `invitation_invalid`, `invitation_for_another`, `role_insufficient`. */
  async acceptAsCurrentUser({ userId }: SessionActor, token: string): Promise<string> {
    const invitation = await this.invitations.findValid(token);
    await this.unitOfWork.run(async () => {
      const lockedInvitation = await this.invitations.lockAndRevalidate(invitation, token);
      const { email } = await this.accounts.lock(userId);
      if (email !== invitation.email) throw organizationErrors.invitation_for_another();
      await this.invitations.redeem(lockedInvitation, userId);
      await this.accounts.markEmailVerified(userId, email);
    });
    return invitation.organization_id;
  }

  /** Creates an account whose home is the organization, and logs in. Throws `login_required` if the account exists. */
  async acceptWithNewAccount(
    client: ClientInfo,
    request: AcceptInvitationRequest,
  ): Promise<FirstLoginResult> {
    const invitation = await this.invitations.findValid(request.token);
    const hash = await this.accountWriter.hashPassword(invitation.email, request);
    return this.unitOfWork.run(async () => {
      const lockedInvitation = await this.invitations.lockAndRevalidate(invitation, request.token);
      const userId = await this.accountWriter.create(lockedInvitation, request, hash);
      await this.invitations.redeem(lockedInvitation, userId);
      return this.loginCompletion.completeFirst(userId, client);
    });
  }
}

/** Accepts an invitation and builds the response: the organization joined, or the login of a new account. */
@Injectable()
export class XcInvitationAcceptanceService {
  constructor(
    private readonly invitationAcceptance: InvitationAcceptanceService,
    private readonly accessTokens: AccessTokens,
  ) {}

  async accept(
    actor: SessionActor | null,
    client: ClientInfo,
    request: AcceptInvitationRequest,
  ): Promise<JoinedResponse | XcLoginResponse> {
    if (actor)
      return JoinedResponse.from(await this.invitationAcceptance.acceptAsCurrentUser(actor, request.token));
    const result = await this.invitationAcceptance.acceptWithNewAccount(client, request);
    if ('tempToken' in result) return XcLoginResponse.pending(null, result.tempToken);
    return XcLoginResponse.completed(this.accessTokens.issue(result.session));
  }
}

/** Translates `email_taken`: a concurrent request created the account after this one had looked for it. */
function rethrowAsLoginRequired(error: unknown): never {
  throw error instanceof AppError && error.code === 'email_taken' ? authErrors.login_required() : error;
}
