import { toSlug } from '@/modules/xel/course/slug.js';
import { toItems } from '@/modules/xel/course/task-options.js';
import type { ClosedContent, ClosedResponse } from './score.js';

export interface Solution {
  /** A response with the full score. */
  response: ClosedResponse;
  /** The answer as a learner reads it. */
  text: string;
  explanation: string;
}

/** Returns the solution of a closed task. */
export function toSolution(content: ClosedContent): Solution {
  const { explanation } = content;
  switch (content.type) {
    case 'multiple_choice':
      return { response: toSlug(content.answer), text: content.answer, explanation };
    case 'gap_fill': {
      const response = content.gaps.map(({ answers }) => answers[0] ?? '');
      return { response, text: fillGaps(content.text, response), explanation };
    }
    case 'ordering':
      return {
        response: toItems(content).map(({ id }) => id),
        text: content.items.join(content.items.some((item) => /[.!?]$/.test(item.slice(1))) ? '\n' : ' '),
        explanation,
      };
    case 'short_answer':
      return { response: content.answers[0] ?? '', text: content.answers[0] ?? '', explanation };
    case 'reading':
    case 'listening': {
      const answers = content.questions.map(({ answer }) => answer);
      return { response: answers.map(toSlug), text: answers.join('\n'), explanation };
    }
    case 'dictation':
      return { response: content.script, text: content.script, explanation };
  }
}

function fillGaps(text: string, answers: readonly string[]): string {
  const rest = [...answers];
  return text.replace(/___/g, () => rest.shift() ?? '___');
}
