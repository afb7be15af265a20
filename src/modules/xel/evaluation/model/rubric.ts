import type { CriterionName } from '../evaluation.js';

/** Changes with every word of the rubric. */
export const MODEL_RUBRIC_VERSION = 'cefr-1';

/** The criteria that a model judges. Fluency needs the times of words, and pronunciation needs the sound. */
export const MODEL_CRITERIA = ['task_achievement', 'coherence', 'vocabulary', 'grammar'] as const;
export type ModelCriterion = (typeof MODEL_CRITERIA)[number] & CriterionName;

/** What a range of scores of a criterion means. */
interface Anchor {
  range: string;
  description: string;
}

export interface RubricCriterion {
  /** What is judged, and what is not. */
  question: string;
  /** From the lowest range to the highest. */
  anchors: readonly Anchor[];
}

/** The ranges of the levels A1 to C2, as the level of a result is read from its score. */
const LEVEL_RANGES = ['0-39 (A1)', '40-51 (A2)', '52-65 (B1)', '66-74 (B2)', '75-87 (C1)', '88-100 (C2)'];

function byLevel(question: string, descriptions: readonly string[]): RubricCriterion {
  const anchors = descriptions.map((description, index) => ({
    range: LEVEL_RANGES[index] ?? '',
    description,
  }));
  return { question, anchors };
}

/** Anchors for each criterion. Task achievement says nothing about the language, and the others nothing about the task. */
export const RUBRIC: Readonly<Record<ModelCriterion, RubricCriterion>> = {
  task_achievement: {
    question:
      'Does the text do what the task asks? Judge content only: a text full of errors can achieve the task, and a flawless one can miss it.',
    anchors: [
      { range: '0-19', description: 'Is about something else, or repeats the task.' },
      { range: '20-39', description: 'Touches the subject and leaves most points of the task out.' },
      { range: '40-59', description: 'Covers some points, each with a few words.' },
      { range: '60-79', description: 'Covers the main points, most of them with details or reasons.' },
      {
        range: '80-100',
        description: 'Covers all points with relevant details, and nothing beside the task.',
      },
    ],
  },
  coherence: byLevel('How are sentences and ideas connected and ordered?', [
    'Single words or simple sentences, joined by "and" or not at all.',
    'Simple sentences in a list, joined by and, but, because, then.',
    'A clear sequence of points, with common connectives; paragraphs or turns of thought are loose.',
    'Ideas are grouped and linked by varied connectives, with a few jumps.',
    'Well structured, with controlled connectives and references that guide the reader.',
    'Fully coherent: structure and reference serve the purpose and draw no attention.',
  ]),
  vocabulary: byLevel('How wide and exact are the words, and how well are they combined?', [
    'Isolated words for personal details and concrete things.',
    'Everyday words for routine matters; many repetitions, wrong words for other ideas.',
    'Enough words for familiar subjects, with paraphrases; errors when a thought is more complex.',
    'A good range for most general subjects; some wrong choices or collocations, meaning stays clear.',
    'A broad range with idiomatic phrases; slips are rare and small.',
    'Exact, natural and finely shaded wording throughout.',
  ]),
  grammar: byLevel('How wide is the range of structures, and how accurately are they used?', [
    'A few learnt patterns; basic errors in most sentences.',
    'Simple structures used rightly at times; basic errors of tense and agreement are systematic.',
    'Frequent patterns are mostly right; errors occur in other structures but the meaning is clear.',
    'Good control, complex sentences are attempted; errors do not mislead and are not systematic.',
    'Consistent accuracy in complex structures; errors are rare and hard to spot.',
    'Complete control of complex language, also where attention is on something else.',
  ]),
};
