import { Injectable } from '@nestjs/common';
import type { Client } from '../../../platform/http/actor.js';
import { BelongingService } from '../../organizations/index.js';
import { ChallengesService } from '../login/challenges.service.js';
import { Logins } from '../login/logins.js';
import type { Session } from '../sessions/persistence/session.entity.js';

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
