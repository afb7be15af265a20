/**
 * Returns how near an order is to a right one, from 0 to 1: the share of the items that are in the right order among themselves.
 * One item at a wrong place costs one item, however far it is from its place.
 */
export function orderingRatio(right: readonly string[], given: readonly string[]): number {
  const length = Math.max(right.length, given.length);
  return Math.max(0, (longestCommonSubsequence(right, given) - 1) / (length - 1));
}

function longestCommonSubsequence(one: readonly string[], other: readonly string[]): number {
  let previous = new Array<number>(other.length + 1).fill(0);
  for (const value of one) {
    const current = [0];
    for (const [index, candidate] of other.entries())
      current.push(
        value === candidate
          ? (previous[index] ?? 0) + 1
          : Math.max(previous[index + 1] ?? 0, current[index] ?? 0),
      );
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
