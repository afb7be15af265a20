import type { OrganizationId } from '@/platform/kernel/ids.js';

/** Types of learning events. They are stored: types are added, but never renamed. */
export const LEARNING_EVENT_TYPES = [
  'task.completed',
  'module.completed',
  'evaluation.finished',
  'review.done',
  'conversation.session.ended',
  'live.session.ended',
  'quest.completed',
] as const;
export type LearningEventType = (typeof LEARNING_EVENT_TYPES)[number];

/** Types whose seconds are learning time. */
export const SESSION_TYPES: readonly LearningEventType[] = [
  'conversation.session.ended',
  'live.session.ended',
];

/** Numbers, states and ids; never texts. */
export type LearningEventData = Readonly<Record<string, string | number | boolean | null>>;

export interface LearningEventInput {
  userId: string;
  type: LearningEventType;
  /** The deed, such as the id of a submission: a second event with the same type and source is not recorded. */
  sourceId: string;
  /** What was learned, such as the id of a task: further deeds on it pay less. By default the source. */
  subjectId?: string;
  organizationId?: OrganizationId | null;
  /** By default now; never in the future. */
  occurredAt?: Date;
  /** The learning time that ends at `occurredAt`. */
  seconds?: number;
  /**
   * Of `task.completed`: `first_right_try` (1 to 3; null when no try was right), `difficulty` (1 to 5) and `assisted`
   * (true pays no XP).
   */
  data?: LearningEventData;
}

export interface RecordResult {
  /** False when the deed had been recorded before. */
  recorded: boolean;
  /** All XP that the deed paid, with those of quests that it completed. */
  xpAwarded: number;
}
