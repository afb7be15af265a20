import type { ModelMessage } from '@/modules/ai/index.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import type { PracticeModule } from '../sessions/index.js';
import type { SpokenText } from './live-turn.js';

/** Bounds of the history that the model receives: the latest turns. */
export const MAX_HISTORY_TURNS = 40;
const MAX_HISTORY_CHARS = 24_000;

const SPOKEN_STYLE =
  'You talk with a person in a live conversation. Answer in a few short sentences that can be spoken, ' +
  'without lists, tables, links or markup.';

type PromptSettings = Pick<LiveChannelSession, 'instructions' | 'language' | 'practiceModule'>;

/**
 * Returns the messages for the model: the instructions, earlier turns, and the utterance. `grounding` says how to answer from
 * documents.
 */
export function buildTurnMessages(
  settings: PromptSettings,
  history: readonly SpokenText[],
  text: string,
  grounding?: string,
): ModelMessage[] {
  return [
    { role: 'system', content: buildInstructions(settings, grounding) },
    ...selectHistory(history).map(toMessage),
    { role: 'user', content: text },
  ];
}

/** Returns how the model is to talk. The instructions of the user come last, so that they can change the others. */
export function buildInstructions(
  { instructions, language, practiceModule }: PromptSettings,
  grounding?: string,
): string {
  const practice = practiceModule && practiceInstruction(practiceModule);
  return [grounding, SPOKEN_STYLE, practice, languageInstruction(language), instructions]
    .filter((part) => typeof part === 'string')
    .join('\n\n');
}

function practiceInstruction({ title, level, description, objectives }: PracticeModule): string {
  return [
    `The person learns English and practises the module “${title}” at CEFR level ${level}: ${description}`,
    `At its end the person can say:\n${objectives.map((objective) => `- ${objective}`).join('\n')}`,
    `Play a situation in which this is needed, one question at a time, in English that a learner of level ${level} ` +
      'understands. After a mistake, say the sentence correctly, and go on.',
  ].join('\n');
}

/** Returns the latest turns within the bounds, oldest first. Turns without text are left out. */
export function selectHistory(history: readonly SpokenText[]): SpokenText[] {
  const selected: SpokenText[] = [];
  let chars = 0;
  for (const turn of history.filter(({ text }) => text !== '').reverse()) {
    chars += turn.text.length;
    if (selected.length === MAX_HISTORY_TURNS || chars > MAX_HISTORY_CHARS) break;
    selected.unshift(turn);
  }
  return selected;
}

function toMessage({ role, text }: SpokenText): ModelMessage {
  return { role: role === 'ai' ? 'assistant' : 'user', content: text };
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

function languageInstruction(tag: string | null): string | null {
  if (tag === null) return null;
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(tag.replaceAll('_', '-'));
    const name = LANGUAGE_NAMES.of(canonical);
    return name === undefined ? null : `Speak ${name} (language tag ${canonical}).`;
  } catch {
    return null;
  }
}
