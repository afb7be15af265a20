import type { LearnerStateAt } from '@/modules/progress/ledger/persistence/learner-state.repository.js';
import { toLevel } from '@/modules/progress/ledger/xp.rules.js';
import { ApiSchema, ResponseField, ResponseTimestampField } from '@/platform/openapi/index.js';
import type { PublicAccount } from '../persistence/public-profile.repository.js';

@ApiSchema({ name: 'PublicXPProfileResponse' })
export class PublicXpProfileResponse {
  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'Countess', { description: 'The nickname, or the username; never the full name.' })
  display_name!: string;

  @ResponseField('string', null, { nullable: true })
  avatar_url!: string | null;

  @ResponseField('integer', 3)
  level!: number;

  @ResponseField('integer', 412)
  total_xp!: number;

  @ResponseField('integer', 6)
  current_streak!: number;

  @ResponseField('integer', 14)
  longest_streak!: number;

  @ResponseTimestampField()
  joined_at!: string;

  static from(account: PublicAccount, state: LearnerStateAt): PublicXpProfileResponse {
    return {
      username: account.username,
      display_name: account.nickname ?? account.username,
      avatar_url: account.avatar_url,
      level: toLevel(state.total_xp).level,
      total_xp: state.total_xp,
      current_streak: state.current_streak,
      longest_streak: state.longest_streak,
      joined_at: account.created_at.toISOString(),
    };
  }
}
