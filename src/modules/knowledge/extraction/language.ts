import { eld } from 'eld/small';

/** Fewest letters that can be judged. One sign of Chinese, Japanese or Korean counts as three. */
const MIN_LETTERS = 12;

/** A document is judged by samples, since its language does not change with its length. */
const SAMPLE_UNITS = 2_000;

const IDEOGRAPHS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;

const EAST_ASIAN = ['ja', 'ko', 'zh'];

/** What is written alike in every language: addresses, names of files, numbers. */
const LANGUAGE_NEUTRAL = /\b(?:https?|ftp|mailto):\S+|\S+@\S+|\S*[/\\_{}<>=]\S*|\S*\d\S*/gu;

/** Returns the beginning, a part of the middle and the end of a long text. */
function sampleOf(text: string): string {
  if (text.length <= 3 * SAMPLE_UNITS) return text;
  const middle = Math.floor(text.length / 2);
  return [
    text.slice(0, SAMPLE_UNITS),
    text.slice(middle, middle + SAMPLE_UNITS),
    text.slice(-SAMPLE_UNITS),
  ].join('\n');
}

/** Returns the ISO 639-1 code of the language of a text, or null when the text is too short or the result is doubtful. */
export function detectLanguage(text: string): string | null {
  // The detector reads only the first units of what it is given.
  const words = sampleOf(text).replace(LANGUAGE_NEUTRAL, ' ').replace(/\s+/g, ' ').toWellFormed();
  const letters = words.match(/\p{L}/gu)?.length ?? 0;
  const ideographs = words.match(IDEOGRAPHS)?.length ?? 0;
  if (letters + 2 * ideographs < MIN_LETTERS) return null;
  const result = eld.detect(words);
  // The signs themselves show these languages; the detector wants more of them than a heading has.
  const isCertain = result.isReliable() || (ideographs > 0 && EAST_ASIAN.includes(result.language));
  return result.language !== '' && isCertain ? result.language : null;
}

/** Returns the language that a text resembles most, and how much; comparable between decodings of the same bytes. */
export function resembledLanguage(text: string): { language: string; score: number } {
  const result = eld.detect(text.toWellFormed());
  return { language: result.language, score: Math.max(0, ...Object.values(result.getScores())) };
}
