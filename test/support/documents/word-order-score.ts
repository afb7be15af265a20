/** How well an extracted text agrees with the text that a reader sees. */
export interface WordOrderScore {
  /** Number of words that a reader sees. */
  expected: number;
  /** Share of the expected words that the extracted text contains in the same order, from 0 to 1. */
  recall: number;
  /** Share of the extracted words that a reader sees at that place, from 0 to 1. */
  precision: number;
  /** Expected words that the extracted text does not contain in their place. */
  lost: string[];
  /** Extracted words that a reader does not see at that place. */
  added: string[];
  /** Extracted words that consist of two or more expected words. */
  glued: string[];
  /** Expected words that the extracted text contains as two or more words. */
  split: string[];
}

const SOFT_HYPHEN = /\u00ad/g;

/** Chinese and Japanese are written without blanks: each character counts as a word. Elsewhere words are runs. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+?(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{L}\p{M}\p{N}]|$)/gu;

/** Returns the words of a text: runs of letters, marks and digits after NFC. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFC').replace(SOFT_HYPHEN, '').match(WORD) ?? [];
}

/** Compares by the longest common subsequence of words. */
export function wordOrderScore(expectedText: string, extractedText: string): WordOrderScore {
  const expected = wordsOf(expectedText);
  const extracted = wordsOf(extractedText);
  const matches = longestCommonSubsequence(expected, extracted);
  const gaps = gapsBetween(matches, expected, extracted);
  return {
    expected: expected.length,
    recall: share(matches.length, expected.length),
    precision: share(matches.length, extracted.length),
    lost: gaps.flatMap((gap) => gap.expected),
    added: gaps.flatMap((gap) => gap.extracted),
    glued: gaps.flatMap((gap) => joinedWords(gap.extracted, gap.expected)),
    split: gaps.flatMap((gap) => joinedWords(gap.expected, gap.extracted)),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

type Match = readonly [expected: number, extracted: number];

/** Returns the positions of the words of a longest common subsequence, in order. */
function longestCommonSubsequence(a: string[], b: string[]): Match[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const lengthFrom = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const isMatch = a[i] === b[j];
      lengths[i * width + j] = isMatch
        ? lengthFrom(i + 1, j + 1) + 1
        : Math.max(lengthFrom(i + 1, j), lengthFrom(i, j + 1));
    }
  }
  const matches: Match[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) matches.push([i++, j++]);
    else if (lengthFrom(i + 1, j) >= lengthFrom(i, j + 1)) i += 1;
    else j += 1;
  }
  return matches;
}

interface Gap {
  expected: string[];
  extracted: string[];
}

/** Returns the words between neighbouring matches. */
function gapsBetween(matches: Match[], expected: string[], extracted: string[]): Gap[] {
  const gaps: Gap[] = [];
  let after: Match = [0, 0];
  for (const [i, j] of [...matches, [expected.length, extracted.length] as const]) {
    gaps.push({ expected: expected.slice(after[0], i), extracted: extracted.slice(after[1], j) });
    after = [i + 1, j + 1];
  }
  return gaps;
}

/** Returns the words of `candidates` that are two or more neighbours of `parts` written together. */
function joinedWords(candidates: string[], parts: string[]): string[] {
  return candidates.filter((word) => parts.some((_, start) => beginsWithWord(word, parts.slice(start))));
}

function beginsWithWord(word: string, parts: string[]): boolean {
  let joined = '';
  for (const [index, part] of parts.entries()) {
    joined += part;
    if (!word.startsWith(joined)) return false;
    if (joined === word) return index > 0;
  }
  return false;
}
