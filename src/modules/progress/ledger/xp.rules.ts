import { MINUTE } from '@/platform/kernel/durations.js';
import type { LearningEventData, LearningEventType } from './learning-event.js';
import type { XpCategory } from './persistence/ledger-entry.entity.js';

/** The version of the rules of this file. Ledger rows name it; a new version does not change rows of older ones. */
export const RULE_VERSION = 1;

/** XP that count a learner-day for the streak. Any deed that is not a repeat pays as much. */
export const DAILY_MINIMUM_XP = 5;

export const FREEZE_PRICE = 30;
export const MAX_FREEZES = 2;
export const BOOSTER_PRICE = 20;
export const BOOSTER_MULTIPLIER = 2;
export const BOOSTER_SECONDS = 30 * MINUTE;

const TASK_XP: readonly number[] = [10, 7, 5];
const MODULE_XP = 50;
export const MODULE_TOKENS = 20;
const REVIEW_XP = 3;
/** Reviews of a learner-day that pay in full; later ones pay 1 XP. */
const FULL_REVIEWS = 20;
/** Minutes of sessions on a learner-day that pay 1 XP each; of the later ones every fifth pays. */
const FULL_MINUTES = 30;
const LATER_MINUTES = 5;

/** What earlier deeds of the learner change about the XP of one. */
export interface EarlierDeeds {
  /** Deeds of the same type on the same subject. */
  repeats: number;
  /** Reviews of the learner-day. */
  reviews: number;
  /** Learning time of the learner-day, this deed included. Sessions at the same time count once. */
  sessionSeconds: number;
  /** XP that sessions of the learner-day have paid, without boosters. */
  sessionXp: number;
}

/** Returns the XP of a deed without a booster. The XP of quests are those of the quest. */
export function baseXp(type: LearningEventType, data: LearningEventData, earlier: EarlierDeeds): number {
  switch (type) {
    case 'task.completed':
      return halve(taskXp(data), earlier.repeats);
    case 'module.completed':
      return halve(MODULE_XP, earlier.repeats);
    case 'review.done':
      return earlier.reviews < FULL_REVIEWS ? REVIEW_XP : 1;
    case 'conversation.session.ended':
    case 'live.session.ended':
      return Math.max(0, sessionXp(earlier.sessionSeconds) - earlier.sessionXp);
    case 'evaluation.finished':
    case 'quest.completed':
      return 0;
  }
}

export function xpCategory(type: LearningEventType): XpCategory {
  return type === 'task.completed' || type === 'review.done' ? 'quiz' : 'segment';
}

/** Returns the XP of all sessions of a learner-day that lasted this long together. */
export function sessionXp(seconds: number): number {
  const minutes = Math.floor(seconds / MINUTE);
  return Math.min(minutes, FULL_MINUTES) + Math.floor(Math.max(0, minutes - FULL_MINUTES) / LATER_MINUTES);
}

function taskXp({ first_right_try: tries = 1, difficulty = 1, assisted }: LearningEventData): number {
  if (assisted === true || typeof tries !== 'number') return 0;
  const factor = typeof difficulty === 'number' ? 1 + (Math.min(Math.max(difficulty, 1), 5) - 1) / 4 : 1;
  return Math.round((TASK_XP[tries - 1] ?? 0) * factor);
}

function halve(xp: number, times: number): number {
  return Math.floor(xp / 2 ** times);
}

/** Returns the level of a total, with the XP in this level and those to the next one. */
export function toLevel(totalXp: number): { level: number; xp_in_level: number; xp_to_next_level: number } {
  const level = Math.floor((1 + Math.sqrt(1 + (4 * totalXp) / LEVEL_XP)) / 2);
  const exact =
    levelStart(level + 1) <= totalXp ? level + 1 : levelStart(level) > totalXp ? level - 1 : level;
  return {
    level: exact,
    xp_in_level: totalXp - levelStart(exact),
    xp_to_next_level: levelStart(exact + 1) - totalXp,
  };
}

/** Level 2 begins at 100 XP, level 3 at 300, level 4 at 600. */
const LEVEL_XP = 50;

function levelStart(level: number): number {
  return LEVEL_XP * level * (level - 1);
}
