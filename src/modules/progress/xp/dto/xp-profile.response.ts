import type { LearnerStateAt } from '@/modules/progress/ledger/persistence/learner-state.repository.js';
import { BOOSTER_PRICE, FREEZE_PRICE, toLevel } from '@/modules/progress/ledger/xp.rules.js';
import { ApiSchema, ResponseField, ResponseTimestampField } from '@/platform/openapi/index.js';
import type { DayXp } from '../persistence/xp.repository.js';

@ApiSchema({ name: 'ActiveBooster' })
export class ActiveBoosterResponse {
  @ResponseField('integer', 2)
  multiplier!: number;

  @ResponseTimestampField()
  ends_at!: string;

  /** Returns null when no booster is active. */
  static from(
    { booster_multiplier, booster_ends_at }: LearnerStateAt,
    now: Date,
  ): ActiveBoosterResponse | null {
    if (booster_ends_at === null || booster_ends_at <= now) return null;
    return { multiplier: booster_multiplier, ends_at: booster_ends_at.toISOString() };
  }
}

@ApiSchema({ name: 'XPPrices' })
export class XpPricesResponse {
  @ResponseField('integer', FREEZE_PRICE)
  freeze!: number;

  @ResponseField('integer', BOOSTER_PRICE)
  booster!: number;
}

@ApiSchema({ name: 'XPProfileResponse' })
export class XpProfileResponse {
  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('integer', 3)
  level!: number;

  @ResponseField('integer', 412)
  total_xp!: number;

  @ResponseField('integer', 112, { description: 'XP since the present level began.' })
  xp_in_level!: number;

  @ResponseField('integer', 188)
  xp_to_next_level!: number;

  @ResponseField('integer', 6)
  current_streak!: number;

  @ResponseField('integer', 14)
  longest_streak!: number;

  @ResponseField('integer', 45)
  token_balance!: number;

  @ResponseField(() => ActiveBoosterResponse, undefined, { nullable: true })
  active_booster!: ActiveBoosterResponse | null;

  @ResponseField('integer', 27, { description: '`today_segment_xp` and `today_quiz_xp` together.' })
  today_xp!: number;

  @ResponseField('integer', 10, { description: 'From modules, sessions and quests.' })
  today_segment_xp!: number;

  @ResponseField('integer', 17, { description: 'From tasks and reviews.' })
  today_quiz_xp!: number;

  @ResponseField(() => XpPricesResponse, undefined, { description: 'In tokens.' })
  prices!: XpPricesResponse;

  static from(
    username: string,
    state: LearnerStateAt,
    today: DayXp | undefined,
    now: Date,
  ): XpProfileResponse {
    return {
      username,
      total_xp: state.total_xp,
      ...toLevel(state.total_xp),
      current_streak: state.current_streak,
      longest_streak: state.longest_streak,
      token_balance: state.tokens,
      active_booster: ActiveBoosterResponse.from(state, now),
      today_xp: today?.xp ?? 0,
      today_segment_xp: today?.segment_xp ?? 0,
      today_quiz_xp: today?.quiz_xp ?? 0,
      prices: { freeze: FREEZE_PRICE, booster: BOOSTER_PRICE },
    };
  }
}
