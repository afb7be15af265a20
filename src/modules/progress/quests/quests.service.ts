import { Injectable } from '@nestjs/common';
import { type QuestDay, QuestRepository } from './persistence/quest.repository.js';
import { chooseQuests, findQuests, type Quest, questSource } from './quest.rules.js';

export interface QuestState extends Quest {
  progress: number;
  completed: boolean;
}

/** The quests of learner-days. */
@Injectable()
export class QuestsService {
  constructor(private readonly quests: QuestRepository) {}

  /** Returns the quests of a learner-day with their progress. The first call stores them. */
  async list(userId: string, day: string): Promise<QuestState[]> {
    const found = (await this.quests.findDay(userId, day)) ?? (await this.create(userId, day));
    if (!found) return [];
    return findQuests(found.quest_ids).map((quest) => ({
      ...quest,
      progress: Math.min(found[quest.measure], quest.target),
      completed: found.completed.includes(questSource(day, quest.id)),
    }));
  }

  private async create(userId: string, day: string): Promise<QuestDay | undefined> {
    await this.quests.insert(userId, day, chooseQuests(userId, day));
    return this.quests.findDay(userId, day);
  }
}
