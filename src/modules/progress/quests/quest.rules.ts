import { createHash } from 'node:crypto';

/** What a learner has done on a learner-day. */
export interface DayProgress {
  tasks: number;
  first_tries: number;
  reviews: number;
  minutes: number;
  sessions: number;
  kinds: number;
}

export interface Quest {
  id: string;
  title: string;
  description: string;
  target: number;
  measure: keyof DayProgress;
  rewardXp: number;
  rewardTokens: number;
}

const QUESTS_PER_DAY = 3;

/** The catalogue. Stored days name quests by id: quests are added, but never removed or changed. */
const QUESTS: readonly Quest[] = [
  {
    id: 'three_tasks',
    title: 'Three tasks',
    description: 'Complete 3 tasks.',
    target: 3,
    measure: 'tasks',
    rewardXp: 15,
    rewardTokens: 5,
  },
  {
    id: 'two_first_tries',
    title: 'Right at once',
    description: 'Solve 2 tasks with the first try.',
    target: 2,
    measure: 'first_tries',
    rewardXp: 15,
    rewardTokens: 5,
  },
  {
    id: 'five_reviews',
    title: 'Five reviews',
    description: 'Repeat 5 items that you have learned.',
    target: 5,
    measure: 'reviews',
    rewardXp: 10,
    rewardTokens: 5,
  },
  {
    id: 'ten_minutes',
    title: 'Ten minutes',
    description: 'Learn for 10 minutes in conversations or live sessions.',
    target: 10,
    measure: 'minutes',
    rewardXp: 15,
    rewardTokens: 5,
  },
  {
    id: 'one_session',
    title: 'A conversation',
    description: 'Finish a learning session in a conversation, or a live session.',
    target: 1,
    measure: 'sessions',
    rewardXp: 10,
    rewardTokens: 5,
  },
  {
    id: 'two_ways',
    title: 'Two ways to learn',
    description: 'Learn in 2 ways, such as a task and a session.',
    target: 2,
    measure: 'kinds',
    rewardXp: 10,
    rewardTokens: 5,
  },
];

/** Returns the ids of the quests of a learner-day: the same ones for each call. */
export function chooseQuests(userId: string, day: string): string[] {
  const rank = ({ id }: Quest): string => createHash('sha256').update(`${userId}/${day}/${id}`).digest('hex');
  const ranked = QUESTS.map((quest) => ({ id: quest.id, rank: rank(quest) }));
  return ranked
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, QUESTS_PER_DAY)
    .map(({ id }) => id);
}

/** Returns the quests with these ids. */
export function findQuests(ids: readonly string[]): Quest[] {
  return ids.flatMap((id) => QUESTS.find((quest) => quest.id === id) ?? []);
}

/** Returns the source of the event that completes a quest: each quest is completed once on a learner-day. */
export function questSource(day: string, questId: string): string {
  return `${day}/${questId}`;
}
