import { type QuestState } from '@/modules/progress/quests/quests.service.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XPDay' })
export class XpDayResponse {
  @ResponseField('string', '2026-11-27', { format: 'date' })
  date!: string;

  @ResponseField('integer', 27)
  xp!: number;
}

@ApiSchema({ name: 'WeeklyActivityResponse' })
export class WeeklyActivityResponse {
  @ResponseField('string', '2026-11-22', { format: 'date', description: 'A Sunday.' })
  week_start!: string;

  @ResponseField('string', '2026-11-28', { format: 'date' })
  week_end!: string;

  @ResponseField('string', 'Europe/Berlin', { description: 'The time zone of the learner-days.' })
  timezone!: string;

  @ResponseListField(() => XpDayResponse, undefined, 'The seven days of the week.')
  days!: XpDayResponse[];

  @ResponseField('integer', 112)
  total_xp!: number;

  @ResponseListField('string', ['2026-11-24'], 'Missed days of the week on which a freeze kept the streak.')
  freeze_covered_dates!: string[];
}

@ApiSchema({ name: 'PulseDay' })
export class PulseDayResponse extends XpDayResponse {
  @ResponseField('integer', 2, { description: 'From 0, without XP, to 4.' })
  level!: number;
}

@ApiSchema({ name: 'LearningPulseResponse' })
export class LearningPulseResponse {
  @ResponseListField(() => PulseDayResponse, undefined, 'The past 365 days, the oldest first and today last.')
  days!: PulseDayResponse[];

  @ResponseField('integer', 5120)
  total_xp!: number;

  @ResponseField('integer', 143, { description: 'The number of days with XP.' })
  active_days!: number;
}

@ApiSchema({ name: 'DailyQuest' })
export class DailyQuestResponse {
  @ResponseField('string', 'three_tasks')
  id!: string;

  @ResponseField('string', 'Three tasks')
  title!: string;

  @ResponseField('string', 'Complete 3 tasks.')
  description!: string;

  @ResponseField('integer', 3)
  target!: number;

  @ResponseField('integer', 1)
  progress!: number;

  @ResponseField('boolean', false)
  completed!: boolean;

  @ResponseField('integer', 15)
  reward_xp!: number;

  @ResponseField('integer', 5)
  reward_tokens!: number;

  static from(quest: QuestState): DailyQuestResponse {
    const { id, title, description, target, completed, rewardXp, rewardTokens } = quest;
    return {
      id,
      title,
      description,
      target,
      progress: completed ? target : quest.progress,
      completed,
      reward_xp: rewardXp,
      reward_tokens: rewardTokens,
    };
  }
}

@ApiSchema({ name: 'DailyQuestsResponse' })
export class DailyQuestsResponse {
  @ResponseField('string', '2026-11-27', { format: 'date' })
  date!: string;

  @ResponseListField(() => DailyQuestResponse)
  quests!: DailyQuestResponse[];
}
