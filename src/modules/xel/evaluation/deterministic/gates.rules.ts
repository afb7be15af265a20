import type { EvaluationFlag, EvaluationInput, RefusalReason } from '../evaluation.js';
import { stem } from '../text/lemmas.js';
import { splitIntoSentences } from '../text/sentences.js';
import type { Span } from '../text/span.js';
import { rankOf, type VocabularyRanks } from '../text/vocabulary-ranks.js';
import { listWords, type Word } from '../text/words.js';

/** Words below which no text is judged, and below which the result is marked as short. */
const MIN_WORDS = 20;
const SHORT_WORDS = 60;
const MIN_KNOWN_SHARE = 0.55;
const MIN_DISTINCT_SHARE = 0.18;
/** Words of a run that counts as copied from the prompt. */
const COPIED_RUN = 5;
const MAX_COPIED_SHARE = 0.7;
const NOTED_COPIED_SHARE = 0.3;
/** Content words of a prompt that are needed to judge whether a text is about it. */
const MIN_PROMPT_KEYWORDS = 3;

/** Sentences that speak to the evaluator and not about the subject. */
const INSTRUCTION = [
  /\b(?:give|award|grant|assign)\b[^.!?]{0,40}\b(?:full|maximum|max|highest|top|perfect|100|best)\b[^.!?]{0,30}\b(?:marks?|scores?|points?|grades?|result|percent)/i,
  /\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rubrics?|rules|criteria|above|previous)\b/i,
  /\byou are (?:now )?(?:an? )?(?:examiner|grader|evaluator|assistant|language model|ai)\b/i,
  /\b(?:dear|hello|hi) (?:examiner|grader|evaluator)\b/i,
  /\b(?:score|grade|rate|mark) (?:this|my|the) (?:text|essay|answer|writing|response)\b[^.!?]{0,30}\b(?:as|with|at)\b/i,
  /\b(?:overall_score|system prompt|cefr\s*[:=])/i,
];

export interface GateInput extends Pick<EvaluationInput, 'text' | 'prompt' | 'skill'> {
  /** ISO 639-1 code of the detected language; null when it is doubtful. */
  language: string | null;
  ranks: VocabularyRanks;
}

export type GateResult = { refusal: RefusalReason } | { flags: EvaluationFlag[] };

/** Returns why a text cannot be judged, or what must be said about it. */
export function checkGates({ text, prompt, language, ranks }: GateInput): GateResult {
  const words = listWords(text);
  if (words.length < MIN_WORDS) {
    const isInstruction = findInstructions(text).length > 0;
    return {
      refusal: isInstruction
        ? 'instruction_to_evaluator'
        : language !== null && language !== 'en'
          ? 'wrong_language'
          : 'too_short',
    };
  }
  const known = shareOfKnown(words, ranks);
  if (language !== null && language !== 'en' && known < 0.8) return { refusal: 'wrong_language' };
  const distinct = new Set(words.map(({ normalized }) => normalized)).size / Math.min(words.length, 200);
  if (known < MIN_KNOWN_SHARE || distinct < MIN_DISTINCT_SHARE) return { refusal: 'gibberish' };
  const copied = shareOfCopied(words, prompt);
  if (copied >= MAX_COPIED_SHARE) return { refusal: 'copied_prompt' };
  return checkInstructions(text, words.length, listFlags(words, prompt, copied));
}

function listFlags(words: readonly Word[], prompt: string | null, copied: number): EvaluationFlag[] {
  return [
    ...(isOffTopic(words, prompt) ? (['off_topic'] as const) : []),
    ...(copied >= NOTED_COPIED_SHARE ? (['partly_copied'] as const) : []),
    ...(words.length < SHORT_WORDS ? (['short'] as const) : []),
  ];
}

function checkInstructions(text: string, wordCount: number, flags: EvaluationFlag[]): GateResult {
  const instructions = findInstructions(text);
  if (instructions.length === 0) return { flags };
  const instructionWords = instructions.reduce(
    (count, { text: sentence }) => count + listWords(sentence).length,
    0,
  );
  return wordCount - instructionWords < MIN_WORDS
    ? { refusal: 'instruction_to_evaluator' }
    : { flags: ['instruction_to_evaluator', ...flags] };
}

/** Returns the sentences that ask the evaluator for something. */
export function findInstructions(text: string): Span[] {
  return splitIntoSentences(text).filter(({ text: sentence }) =>
    INSTRUCTION.some((pattern) => pattern.test(sentence)),
  );
}

/** Replaces instructions to the evaluator by blanks, so that offsets stay and they are not judged. */
export function blankInstructions(text: string): string {
  return findInstructions(text).reduce(
    (blanked, { start, end }) => blanked.slice(0, start) + ' '.repeat(end - start) + blanked.slice(end),
    text,
  );
}

function shareOfKnown(words: readonly Word[], ranks: VocabularyRanks): number {
  const common = words.filter(({ text }) => !/^\p{Lu}\p{Ll}/u.test(text));
  const judged = common.length >= MIN_WORDS / 2 ? common : words;
  return judged.filter(({ normalized }) => rankOf(ranks, normalized) !== undefined).length / judged.length;
}

/** Returns the share of the words that are in runs of five words of the prompt. */
function shareOfCopied(words: readonly Word[], prompt: string | null): number {
  const promptWords = listWords(prompt ?? '').map(({ normalized }) => normalized);
  const runs = new Set(runsOf(promptWords));
  if (runs.size === 0) return 0;
  const copied = new Set<number>();
  runsOf(words.map(({ normalized }) => normalized)).forEach((run, start) => {
    if (runs.has(run)) for (let offset = 0; offset < COPIED_RUN; offset += 1) copied.add(start + offset);
  });
  return copied.size / words.length;
}

function runsOf(words: readonly string[]): string[] {
  return words
    .slice(0, Math.max(0, words.length - COPIED_RUN + 1))
    .map((_, start) => words.slice(start, start + COPIED_RUN).join(' '));
}

const PROMPT_WORDS = new Set(
  `write describe explain say tell about your you what why how when where who which would could should do does did have has a an
  the and or but in on at of to for with from text essay email letter story paragraph words word sentence sentences give use at
  least most answer task topic following include give reasons examples example opinion think like more than between it is are was
  were be this that these those some any one two three their them they there his her he she we us our my me i if so not can`.split(
    /\s+/,
  ),
);

/** Returns the content words of a prompt, as stems. */
export function listPromptKeywords(prompt: string): string[] {
  const keywords = listWords(prompt).filter(
    ({ normalized }) => normalized.length > 2 && !PROMPT_WORDS.has(normalized),
  );
  return [...new Set(keywords.map(({ normalized }) => stem(normalized)))];
}

/** Returns whether a text has no content word of its prompt. Short prompts cannot show it. */
function isOffTopic(words: readonly Word[], prompt: string | null): boolean {
  const keywords = listPromptKeywords(prompt ?? '');
  if (keywords.length < MIN_PROMPT_KEYWORDS) return false;
  const stems = new Set(words.map(({ normalized }) => stem(normalized)));
  return !keywords.some((keyword) => stems.has(keyword));
}
