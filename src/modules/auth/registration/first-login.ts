import { Injectable } from '@nestjs/common';
import { BelongingService } from '@/modules/organizations/index.js';
import type { Client } from '@/platform/access/actor.js';
import { Logins } from '../login/session-opener.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';

export type FirstLoginOutcome = { session: Session } | { tempToken: string };

/** The login that comes with a new account: a session, or the setup of a factor its organization requires. */
@Injectable()
export class FirstLogin {
  constructor(
    private readonly belonging: BelongingService,
    private readonly challenges: ChallengesService,
    private readonly logins: Logins,
  ) {}

  /** Inside the caller's unit of work. */
  async open(userId: string, client: Client): Promise<FirstLoginOutcome> {
    const { at_login } = await this.belonging.demandsSecondFactor(userId);
    if (at_login) return { tempToken: await this.challenges.begin(userId, 'setup', null) };
    return { session: await this.logins.open({ userId, client, refreshable: false }) };
  }
}
