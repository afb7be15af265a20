import type { ScriptedAnswer } from '@scripts/fake-provider.js';

export const CRITERIA_OF_WRITING = ['task_achievement', 'coherence', 'vocabulary', 'grammar'] as const;

interface ScriptedCorrection {
  original: string;
  context?: string;
  suggestion: string;
  explanation?: string;
  category?: string;
}

export interface ScriptedJudgement {
  /** Of each criterion. */
  score?: number;
  scores?: Partial<Record<(typeof CRITERIA_OF_WRITING)[number], number>>;
  quotes: readonly string[];
  corrections?: readonly ScriptedCorrection[];
  instructions?: readonly string[];
}

/** The answer of a model that judges. */
export function judgementAnswer({
  score = 60,
  scores = {},
  quotes,
  corrections = [],
  instructions = [],
}: ScriptedJudgement): ScriptedAnswer {
  const criteria = CRITERIA_OF_WRITING.map((name) => ({
    name,
    evidence: quotes,
    comment: `Comment on ${name} with ${scores[name] ?? score}.`,
    score: scores[name] ?? score,
  }));
  const explained = corrections.map((correction) => ({
    explanation: 'The verb agrees with its subject.',
    category: 'grammar',
    context: '',
    ...correction,
  }));
  return { text: JSON.stringify({ criteria, corrections: explained, instructions }) };
}

/** What a request to a provider asked: the rules, the order of the criteria, and the data of the learner. */
export interface AskedJudgement {
  rules: string;
  order: string[];
  data: { task: string | null; learner_text: string };
}

export function readAskedJudgement(body: unknown): AskedJudgement {
  const { messages } = body as { messages: { role: string; content: string }[] };
  const rules = messages.find(({ role }) => role === 'system')?.content ?? '';
  const [, names = ''] = /exactly these names, in this order: ([a-z_, ]+)\./.exec(rules) ?? [];
  const data = JSON.parse(messages.find(({ role }) => role === 'user')?.content ?? '{}') as never;
  return { rules, order: names.split(', '), data };
}
