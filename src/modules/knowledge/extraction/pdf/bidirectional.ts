const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LEFT_TO_RIGHT = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])\p{L}/u;
const NUMBER = /^[\p{Nd}]+$/u;
/** Signs that are part of a number when digits are on both sides, or that belong to a number before them. */
const NUMBER_SIGN = /^[.,:/%\u066a-\u066c+\-\u2212]+$/u;
const MIRRORED: Record<string, string> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '{': '}',
  '}': '{',
  '<': '>',
  '>': '<',
  '«': '»',
  '»': '«',
  '‹': '›',
  '›': '‹',
};

type Direction = 'right' | 'left' | 'number' | 'neutral';

export const hasRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text);

/** Returns whether most of the letters are written from right to left. */
export function isMostlyRightToLeft(text: string): boolean {
  let balance = 0;
  for (const character of text) {
    if (RIGHT_TO_LEFT.test(character)) balance += 1;
    else if (LEFT_TO_RIGHT.test(character)) balance -= 1;
  }
  return balance > 0;
}

/**
 * Returns characters, given from left to right as they are printed, in the order of reading. It is the reverse of the
 * reordering that Unicode Annex 9 defines for display. A unit may be a ligature of several characters, which is in the
 * order of reading already; therefore presentation forms are replaced after this step.
 */
export function toLogicalOrder(units: readonly string[], isRightToLeft: boolean): readonly string[] {
  if (!units.some(hasRightToLeft)) return units;
  const directions = resolveNeutrals(units.map(directionOf), isRightToLeft ? 'right' : 'left', units);
  const ordered = isRightToLeft
    ? reverseRuns([...units.keys()].reverse(), (index) => directions[index] !== 'right')
    : reverseRuns(
        reverseRuns([...units.keys()], (index) => directions[index] !== 'left'),
        (index) => directions[index] === 'number',
      );
  return ordered.map((index) => {
    const unit = units[index] ?? '';
    return directions[index] === 'right' ? (MIRRORED[unit] ?? unit) : unit;
  });
}

function directionOf(unit: string): Direction {
  if (hasRightToLeft(unit) && !/^\p{Nd}+$/u.test(unit)) return 'right';
  if (NUMBER.test(unit)) return 'number';
  return LEFT_TO_RIGHT.test(unit) ? 'left' : 'neutral';
}

/** Neutral signs take the direction of both neighbours when these agree, otherwise that of the paragraph. */
function resolveNeutrals(
  directions: Direction[],
  base: 'right' | 'left',
  units: readonly string[],
): Direction[] {
  const resolved = [...directions];
  directions.forEach((direction, index) => {
    if (direction !== 'neutral' || !NUMBER_SIGN.test(units[index] ?? '')) return;
    if (directions[index - 1] === 'number' && directions[index + 1] === 'number') resolved[index] = 'number';
    if (units[index] === '%' && directions[index - 1] === 'number') resolved[index] = 'number';
  });
  attachNumbers(resolved);
  for (let start = 0; start < resolved.length; start += 1) {
    if (resolved[start] !== 'neutral') continue;
    let end = start;
    while (end < resolved.length && resolved[end] === 'neutral') end += 1;
    const before = strong(resolved[start - 1], base);
    const after = strong(resolved[end], base);
    resolved.fill(before === after ? before : base, start, end);
    start = end;
  }
  return resolved;
}

/** A number that touches Latin letters, or follows them after a blank, is read with them. */
function attachNumbers(directions: Direction[]): void {
  let last: Direction = 'neutral';
  directions.forEach((direction, index) => {
    if (direction === 'number' && last === 'left') directions[index] = 'left';
    else if (direction === 'left' || direction === 'right') last = direction;
  });
}

const strong = (direction: Direction | undefined, base: 'right' | 'left'): 'right' | 'left' =>
  direction === undefined ? base : direction === 'left' ? 'left' : 'right';

function reverseRuns(indexes: readonly number[], belongs: (index: number) => boolean): number[] {
  const result: number[] = [];
  let run: number[] = [];
  for (const index of indexes) {
    if (belongs(index)) run.push(index);
    else {
      result.push(...run.reverse(), index);
      run = [];
    }
  }
  return [...result, ...run.reverse()];
}
