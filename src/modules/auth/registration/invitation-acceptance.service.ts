import { Injectable } from '@nestjs/common';
import { InvitationRedemptionService, organizationErrors } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo, SessionActor } from '@/platform/access/index.js';
import { AppError, invalidField } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import { XcLoginResponse } from '../login/dto/login.responses.js';
import { type FirstLoginResult, SessionOpener } from '../login/session-opener.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { AcceptInvitationRequest } from './dto/registration.requests.js';
import { JoinedResponse } from './dto/registration.responses.js';
import { RegistrationPolicy } from './registration-policy.js';

/** Accepts invitations, with an existing or a new account. The e-mailed token proves control of the address. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly invitations: InvitationRedemptionService,
    private readonly accounts: AccountsService,
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly sessionOpener: SessionOpener,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns the organization id. Throws `invitation_invalid`, `invitation_for_another`, `role_insufficient`. */
  async acceptAsCurrentUser({ userId }: SessionActor, token: string): Promise<string> {
    const invitation = await this.invitations.findValid(token);
    const user = await this.accounts.find(userId);
    if (user?.email !== invitation.email) throw organizationErrors.invitation_for_another();
    await this.unitOfWork.run(async () => {
      await this.invitations.redeem(await this.invitations.lockAndRevalidate(invitation, token), userId);
      await this.accounts.markEmailVerified(userId, invitation.email);
    });
    return invitation.organization_id;
  }

  /** Creates an account whose home is the organization, and logs in. Throws `login_required` if the account exists. */
  async acceptWithNewAccount(
    client: ClientInfo,
    request: AcceptInvitationRequest,
  ): Promise<FirstLoginResult> {
    const { token, password, first_name, last_name } = request;
    const invitation = await this.invitations.findValid(token);
    const { email, organization_id } = invitation;
    if (await this.accounts.findByEmail(email)) throw authErrors.login_required();
    this.registrationPolicy.assertOpenToInvited();
    if (password === undefined) throw invalidField('password', 'required', 'is required for a new account');
    const hash = await this.newPasswordHasher.hash(password, [email, first_name, last_name]);
    return this.unitOfWork.run(async () => {
      const lockedInvitation = await this.invitations.lockAndRevalidate(invitation, token);
      const account = { email, password_hash: hash, first_name, last_name };
      const userId = await this.accounts.create(account).catch(rethrowAsLoginRequired);
      await this.accounts.markEmailVerified(userId, email);
      await this.accounts.setHomeOrganization(userId, organization_id);
      await this.invitations.redeem(lockedInvitation, userId);
      return this.sessionOpener.openFirst(userId, client);
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
