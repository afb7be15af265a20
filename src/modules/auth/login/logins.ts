import { Injectable } from '@nestjs/common';
import { Metrics } from '../../../platform/health/metrics.js';
import { AccountsService } from '../../users/index.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { type Opening, SessionsService } from '../sessions/sessions.service.js';

/** Opens the session a finished login earned, and notes the login. */
@Injectable()
export class Logins {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly metrics: Metrics,
  ) {}

  async open(opening: Opening): Promise<Session> {
    await this.accounts.loggedIn(opening.userId);
    this.metrics.count('auth.login');
    return this.sessions.open(opening);
  }
}
