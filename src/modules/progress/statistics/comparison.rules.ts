import type { ComparedSizes } from './persistence/group-statistics.repository.js';

/** Members that a group needs so that its numbers are not those of a few persons. */
const LEAST_MEMBERS = 5;

/**
 * Returns whether a comparison of two teams would show the numbers of a few members: those of a small team, or those that follow
 * from the difference to the other team or to the whole organization.
 */
export function isHidden({ first, second, shared, remainder }: ComparedSizes): boolean {
  const isFew = (members: number): boolean => members > 0 && members < LEAST_MEMBERS;
  return (
    [first, second, remainder].some((members) => members < LEAST_MEMBERS) ||
    isFew(first - shared) ||
    isFew(second - shared)
  );
}
