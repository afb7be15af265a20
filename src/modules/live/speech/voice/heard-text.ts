/** One part of an answer that is spoken at once. */
export interface SpokenSegment {
  /** As the model wrote it, with the white space around. */
  text: string;
  /** Samples of its audio so far; 0 for a part that is not spoken, such as a line. */
  samples: number;
  /** All of its audio has arrived. */
  isComplete: boolean;
}

/** About the speed of speech; used while the duration of a part is not known. */
const SAMPLES_PER_CHARACTER = 1_560;

/**
 * Returns the text whose audio was played: whole parts, and of the part that was interrupted the words that fit into the played
 * samples, by their length. It is always a beginning of the text of all parts.
 */
export function findHeardText(segments: readonly SpokenSegment[], playedSamples: number): string {
  if (playedSamples <= 0) return '';
  let heard = '';
  let rest = playedSamples;
  for (const { text, samples, isComplete } of segments) {
    if (isComplete && rest >= samples) {
      heard += text;
      rest -= samples;
      continue;
    }
    const expected = isComplete ? samples : Math.max(samples, estimateSamples(text));
    return heard + takeWords(text, rest / expected);
  }
  return heard;
}

/** Returns the samples that a text will probably have. */
export function estimateSamples(text: string): number {
  return Math.max(1, text.trim().length) * SAMPLES_PER_CHARACTER;
}

/** Returns the words that end before a fraction of the text. */
function takeWords(text: string, fraction: number): string {
  const end = text.length * Math.min(1, fraction);
  let taken = 0;
  for (const { index, 0: word } of text.matchAll(/\S+/gu)) {
    if (index + word.length > end) break;
    taken = index + word.length;
  }
  return text.slice(0, taken);
}
