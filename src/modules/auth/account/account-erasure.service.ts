import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { StepUpService } from '../two-factor/step-up.service.js';
import type { EraseAccountRequest } from './dto/account.requests.js';

/** Erases accounts. */
@Injectable()
export class AccountErasureService {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly stepUp: StepUpService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Erases the account and, through foreign keys, everything it owns. Requires the password and, with two-factor
   * authentication, a code. Organizations in which the user is the only member are deleted as well.
   */
  async erase(
    actor: SessionActor,
    client: ClientInfo,
    { password, code }: EraseAccountRequest,
  ): Promise<void> {
    await this.reauthentication.verifyPassword(actor, client, password);
    const runErasure = (): Promise<void> => this.unitOfWork.run(() => this.eraseInTransaction(actor.userId));
    if (!(await this.stepUp.hasSecondFactor(actor))) return runErasure();
    if (code === undefined) throw invalidField('code', 'required', 'is required');
    // The code locks rows of the account, so the organizations are locked before.
    const lockFirst = (): Promise<void> => this.userOrganizations.lockAllOrganizations(actor.userId);
    await this.stepUp.runWithCode(actor, code, 'step_up', runErasure, lockFirst);
  }

  /**
   * Erases an account whose user has not accepted it, in the transaction of the caller. Keeps the invitations to its
   * address: they are for the holder of the address, who has not asked for the account.
   */
  async eraseUnaccepted(userId: string): Promise<void> {
    await this.eraseAccount(userId, null);
  }

  private async eraseInTransaction(userId: string): Promise<void> {
    const user = await this.accounts.find(userId);
    await this.eraseAccount(userId, user?.email ?? null);
  }

  private async eraseAccount(userId: string, invitedEmail: string | null): Promise<void> {
    await this.userOrganizations.leaveAllOrganizations(userId, invitedEmail);
    await this.sessions.endAll(userId, 'erased');
    await this.accounts.delete(userId);
  }
}
