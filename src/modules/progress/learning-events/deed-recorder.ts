import { Injectable } from '@nestjs/common';
import { toUtcDay } from '@/platform/kernel/dates.js';
import type { LearningEventInput } from '../ledger/learning-event.js';
import {
  LearningEventRepository,
  type RecordedEvent,
} from '../ledger/persistence/learning-event.repository.js';
import { baseXp, MODULE_TOKENS, xpCategory } from '../ledger/xp.rules.js';
import { MemberDayRepository } from '../member-days/persistence/member-day.repository.js';
import { questSource } from '../quests/quest.rules.js';
import { QuestsService } from '../quests/quests.service.js';
import { type Award, LearnerAwards } from './learner-awards.js';

/** The instants of a deed. */
export interface DeedTimes {
  occurredAt: Date;
  now: Date;
}

/** Appends the event of a deed, and pays it and the quests that it completes. The caller has locked the learner. */
@Injectable()
export class DeedRecorder {
  constructor(
    private readonly events: LearningEventRepository,
    private readonly awards: LearnerAwards,
    private readonly quests: QuestsService,
    private readonly memberDays: MemberDayRepository,
  ) {}

  /** Returns the XP, or null when the deed has been recorded before. */
  async record(input: LearningEventInput, times: DeedTimes): Promise<number | null> {
    const event = await this.events.insert(input, times.occurredAt, times.now);
    if (!event) return null;
    const award = await this.toAward(input, event);
    const xp = await this.awards.pay(input.userId, event, times.now, award);
    const questXp = await this.completeQuests(input.userId, event, times);
    await this.memberDays.refresh(input.userId, toUtcDay(times.occurredAt));
    return xp + questXp;
  }

  private async toAward(input: LearningEventInput, event: RecordedEvent): Promise<Award> {
    const { userId, type, sourceId, subjectId = sourceId, data = {} } = input;
    const earlier = await this.events.findEarlierDeeds(userId, { type, subjectId }, event);
    const tokens = type === 'module.completed' && earlier.repeats === 0 ? MODULE_TOKENS : 0;
    return {
      rule: type,
      source: sourceId,
      xp: baseXp(type, data, earlier),
      tokens,
      category: xpCategory(type),
    };
  }

  /** Completes the quests of the learner-day that have reached their target, and returns their XP. */
  private async completeQuests(userId: string, event: RecordedEvent, times: DeedTimes): Promise<number> {
    const { learner_day: day } = event;
    let xp = 0;
    for (const quest of await this.quests.list(userId, day)) {
      if (quest.completed || quest.progress < quest.target) continue;
      const source = questSource(day, quest.id);
      const input = { userId, type: 'quest.completed', sourceId: source } as const;
      const completion = await this.events.insert(input, times.occurredAt, times.now);
      if (!completion) continue;
      const { rewardXp, rewardTokens: tokens } = quest;
      const award = { rule: input.type, source, xp: rewardXp, tokens, category: xpCategory(input.type) };
      xp += await this.awards.pay(userId, completion, times.now, award);
    }
    return xp;
  }
}
