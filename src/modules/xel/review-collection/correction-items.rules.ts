import { createHash } from 'node:crypto';
import type { Correction } from '@/modules/xel/evaluation/evaluation.js';
import { splitIntoSentences } from '@/modules/xel/evaluation/text/sentences.js';
import type { Span } from '@/modules/xel/evaluation/text/span.js';
import type { ReviewOccurrence } from '@/modules/xel/reviews/persistence/review-occurrence.entity.js';

/** An error of an evaluated text, as an item. */
export interface ItemError {
  subject: string;
  ruleId: string;
  occurrence: Omit<ReviewOccurrence, 'item_id' | 'evaluation_id'>;
}

/** A text with more errors does not flood the learner: the first ones of the text count. */
export const MAX_ERRORS_PER_TEXT = 20;
/** Longer corrections are about style or layout. */
const MAX_ERROR_LENGTH = 200;
/** Sentences are cut here; a transcript may have none. */
const MAX_SENTENCE_LENGTH = 400;
const CONTEXT_LENGTH = 120;

/** Returns the errors of a text that become items: each error once, in the order of the text. */
export function toItemErrors(text: string, corrections: readonly Correction[]): ItemError[] {
  const sentences = splitIntoSentences(text);
  const bySubject = new Map<string, Correction>();
  for (const correction of corrections) {
    const { original } = correction;
    if (original.trim() === '' || original.length > MAX_ERROR_LENGTH) continue;
    const subject = toErrorSubject(correction);
    if (!bySubject.has(subject)) bySubject.set(subject, correction);
    if (bySubject.size === MAX_ERRORS_PER_TEXT) break;
  }
  return [...bySubject].map(([subject, correction]) => ({
    subject,
    ruleId: correction.ruleId,
    occurrence: toOccurrence(text, correction, { sentences, corrections }),
  }));
}

/**
 * Errors are the same when one rule finds them in the same words. A model has no rules but categories, so its suggestion must be
 * the same as well.
 */
export function toErrorSubject({ ruleId, original, category, suggestion }: Correction): string {
  const words = original.normalize('NFKC').trim().replace(/\s+/g, ' ');
  const rule = ruleId.startsWith('model_') ? [ruleId, suggestion.toLowerCase()] : [ruleId];
  return toSubject('error', ...rule, category === 'mechanics' ? words : words.toLowerCase());
}

export function toTaskSubject(taskId: string): string {
  return toSubject('task', taskId);
}

function toSubject(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

function toOccurrence(
  text: string,
  { start, end, category, original, suggestion, explanation }: Correction,
  { sentences, corrections }: { sentences: readonly Span[]; corrections: readonly Correction[] },
): ItemError['occurrence'] {
  const excerpt = findExcerpt(text, { start, end }, sentences);
  const sentence = text.slice(excerpt.start, excerpt.end);
  return {
    category,
    original,
    suggestion,
    explanation,
    sentence,
    corrected_sentence: correctAll(sentence, excerpt.start, corrections),
    error_start: start - excerpt.start,
    error_end: end - excerpt.start,
  };
}

type Range = Pick<Span, 'start' | 'end'>;

/** Returns the sentence of an error, or the words around it in a long one. */
function findExcerpt(text: string, error: Range, sentences: readonly Span[]): Range {
  const touched = sentences.filter(({ start, end }) => start < error.end && error.start < end);
  const start = Math.min(error.start, touched[0]?.start ?? error.start);
  const end = Math.max(error.end, touched.at(-1)?.end ?? error.end);
  if (end - start <= MAX_SENTENCE_LENGTH) return { start, end };
  return {
    start: nextWordStart(text, Math.max(start, error.start - CONTEXT_LENGTH), error.start),
    end: previousWordEnd(text, Math.min(end, error.end + CONTEXT_LENGTH), error.end),
  };
}

/** Returns the start of the first whole word from `from` on, at most `limit`. */
function nextWordStart(text: string, from: number, limit: number): number {
  const blank = text.slice(from, limit).search(/\s\S/);
  return blank < 0 ? limit : from + blank + 1;
}

/** Returns the end of the last whole word before `from`, at least `limit`. */
function previousWordEnd(text: string, from: number, limit: number): number {
  const blank = text.slice(limit, from).search(/\s\S*$/);
  return blank < 0 ? limit : limit + blank;
}

function correctAll(sentence: string, offset: number, corrections: readonly Correction[]): string {
  return [...corrections]
    .sort((one, other) => other.start - one.start)
    .map(({ start, end, suggestion }) => ({ start: start - offset, end: end - offset, suggestion }))
    .filter(({ start, end, suggestion }) => start >= 0 && end <= sentence.length && suggestion !== '')
    .reduce(
      (text, { start, end, suggestion }) => text.slice(0, start) + suggestion + text.slice(end),
      sentence,
    );
}
