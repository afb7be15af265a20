import { Injectable } from '@nestjs/common';
import { BelongingService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, Client } from '@/platform/access/actor.js';
import { validationFailed } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { EraseAccountRequest } from '../dto/auth.requests.js';
import { Reauthentication } from '../passwords/reauthentication.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TwoFactorUse } from '../two-factor/two-factor.service.js';

/** The end of an account. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly reauthentication: Reauthentication,
    private readonly twoFactor: TwoFactorUse,
    private readonly belonging: BelongingService,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Erases the account and all it owns: everything refers to its row and goes with it. Needs the password and,
   * with two-factor authentication, a code. Organizations with nobody else in them go too.
   */
  async erase(actor: SessionActor, client: Client, { password, code }: EraseAccountRequest): Promise<void> {
    await this.reauthentication.check(actor, client, password);
    const erase = (): Promise<void> => this.unitOfWork.run(() => this.eraseNow(actor.userId));
    if (!(await this.twoFactor.isOn(actor))) return erase();
    if (code === undefined)
      throw validationFailed([{ path: 'code', rule: 'required', message: 'is required' }]);
    await this.twoFactor.withCode(actor, code, erase);
  }

  private async eraseNow(userId: string): Promise<void> {
    const user = await this.accounts.find(userId);
    await this.belonging.forsake(userId, user?.email ?? '');
    await this.sessions.endAll(userId, 'erased');
    await this.accounts.delete(userId);
  }
}
