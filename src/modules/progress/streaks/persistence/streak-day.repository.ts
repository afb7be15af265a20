import { Injectable } from '@nestjs/common';
import { LearnerDay } from '@/modules/progress/ledger/persistence/learner-day.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { DayFacts } from '../streak.rules.js';

const FIND_FACTS = {
  name: 'streaks.day_facts',
  text: `SELECT
      coalesce((SELECT d.xp FROM learner_days d WHERE d.user_id = $1 AND d.day = $2::text::date), 0) AS xp,
      (SELECT min(d.day)::text FROM learner_days d WHERE d.user_id = $1) AS first_day,
      EXISTS (SELECT FROM xp_ledger l WHERE l.user_id = $1 AND l.rule = 'freeze.spent' AND l.source = $2::text) AS frozen,
      EXISTS (SELECT FROM xp_ledger l WHERE l.user_id = $1 AND l.rule = 'streak.restored'
              AND l.source <= $2::text AND l.learner_day > $2::text::date) AS earned_back,
      learner_day_is_partial($1, $2::text::date) AS partial,
      (SELECT z.timezone FROM learner_zones z WHERE z.user_id = $1 AND z.day <= $2::text::date
       ORDER BY z.number DESC LIMIT 1) AS timezone`,
};

/** Reads what is stored about the learner-days of a streak. */
@Injectable()
export class StreakDayRepository extends RepositoryBase<LearnerDay> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerDay);
  }

  async findFacts(userId: string, day: string): Promise<DayFacts> {
    const facts = await this.one<DayFacts>(FIND_FACTS, [userId, day]);
    return (
      facts ?? { xp: 0, first_day: null, frozen: false, earned_back: false, partial: false, timezone: null }
    );
  }
}
