import { Injectable } from '@nestjs/common';
import { LearnerDay } from '@/modules/progress/ledger/persistence/learner-day.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

/** An organization that sees the progress of a member. */
export interface VisibleOrganization {
  organization_id: string;
  organization_name: string;
  since: Date;
}

export interface DayXp {
  day: string;
  xp: number;
  segment_xp: number;
  quiz_xp: number;
}

const FIND_DAYS = {
  name: 'learner_days.find',
  text: `SELECT day::text, xp, segment_xp, quiz_xp FROM learner_days
         WHERE user_id = $1 AND day BETWEEN $2::date AND $3::date ORDER BY day`,
};

const FIND_FROZEN = {
  name: 'xp_ledger.frozen_days',
  text: `SELECT source AS day FROM xp_ledger
         WHERE user_id = $1 AND rule = 'freeze.spent' AND learner_day BETWEEN $2::date AND $3::date ORDER BY 1`,
};

const FIND_ACCOUNT = {
  name: 'xp.find_account',
  text: 'SELECT username, public_profile FROM users WHERE id = $1',
};

/** Without a second factor (`$2`) the organizations that enforce one are left out. */
const FIND_VISIBLE_TO = {
  name: 'xp.visible_to',
  text: `SELECT m.organization_id, o.name AS organization_name, m.joined_at AS since
         FROM memberships m JOIN organizations o ON o.id = m.organization_id
         WHERE m.user_id = $1 AND (NOT o.enforce_2fa OR $2) AND ($3::uuid IS NULL OR o.id = $3)
         ORDER BY m.joined_at, m.organization_id LIMIT 1000`,
};

/** Reads the XP of learner-days. Every method takes the learner first. */
@Injectable()
export class XpRepository extends RepositoryBase<LearnerDay> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerDay);
  }

  /** Returns the days with XP from one day to another, in order. */
  findDays(userId: string, from: string, to: string): Promise<DayXp[]> {
    return this.query<DayXp>(FIND_DAYS, [userId, from, to]);
  }

  /** Returns the missed days on which a freeze kept the streak. */
  async findFrozenDays(userId: string, from: string, to: string): Promise<string[]> {
    return (await this.query<{ day: string }>(FIND_FROZEN, [userId, from, to])).map(({ day }) => day);
  }

  findAccount(userId: string): Promise<{ username: string; public_profile: boolean } | undefined> {
    return this.one(FIND_ACCOUNT, [userId]);
  }

  /** Returns the organizations that see the progress of the user; of an API key, only that of the key. */
  findVisibleTo(
    userId: string,
    hasSecondFactor: boolean,
    organizationId: string | null,
  ): Promise<VisibleOrganization[]> {
    return this.query<VisibleOrganization>(FIND_VISIBLE_TO, [userId, hasSecondFactor, organizationId]);
  }
}
