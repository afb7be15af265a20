import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import type { ClientInfo } from '@/platform/access/actor.js';
import { SessionOpener } from '../login/session-opener.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

export type FirstLoginResult = { session: Session } | { tempToken: string };

/** The login that comes with a new account: a session, or the setup of a factor its organization requires. */
@Injectable()
export class FirstSessionOpener {
  constructor(
    private readonly userOrganizations: UserOrganizationsService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly sessionOpener: SessionOpener,
  ) {}

  /** Inside the caller's unit of work. */
  async openFirst(userId: string, client: ClientInfo): Promise<FirstLoginResult> {
    const { at_login } = await this.userOrganizations.findSecondFactorRequirement(userId);
    if (at_login) return { tempToken: await this.loginChallenges.create(userId, 'setup', null) };
    return { session: await this.sessionOpener.open({ userId, client, refreshable: false }) };
  }
}
