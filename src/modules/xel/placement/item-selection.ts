import type { Entropy } from '@/platform/kernel/entropy.js';
import { type AbilityEstimate, information } from './ability.js';
import type { PlacementItem } from './item-bank.js';

export const MIN_ITEMS = 8;
export const MAX_ITEMS = 24;
/** On the scale of the ability, where a level is two units wide. */
export const TARGET_ERROR = 0.75;
/** The first item is a little below the middle: a test should not begin with a failure. */
export const START_ABILITY = -1;
/** Several learners who sit together do not get the same items. */
const CHOICES = 4;

/** Returns whether the estimate is good enough, or no item is left. */
export function isFinished(answered: number, { standardError }: AbilityEstimate, left: number): boolean {
  if (answered >= MAX_ITEMS || left === 0) return true;
  return answered >= MIN_ITEMS && standardError <= TARGET_ERROR;
}

/** Returns one of the items that tell most about a learner of this ability. */
export function selectItem(
  ability: number,
  items: readonly PlacementItem[],
  entropy: Entropy,
): PlacementItem | undefined {
  const best = [...items]
    .sort((a, b) => information(ability, b.difficulty) - information(ability, a.difficulty))
    .slice(0, CHOICES);
  return best.length === 0 ? undefined : best[entropy.integer(best.length)];
}
