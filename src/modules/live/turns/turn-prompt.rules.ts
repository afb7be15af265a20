import type { ModelMessage } from '@/modules/ai/index.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import type { SpokenText } from './live-turn.js';

/** Bounds of the history that the model receives: the latest turns. */
export const MAX_HISTORY_TURNS = 40;
const MAX_HISTORY_CHARS = 24_000;

const SPOKEN_STYLE =
  'You talk with a person in a live conversation. Answer in a few short sentences that can be spoken, ' +
  'without lists, tables, links or markup.';

/** Returns the messages for the model: the instruction of a grounded question, how to talk, the instructions of the session, earlier turns, and the utterance. */
export function buildTurnMessages(
  { instructions, language }: Pick<LiveChannelSession, 'instructions' | 'language'>,
  history: readonly SpokenText[],
  text: string,
  groundingInstruction: string | null = null,
): ModelMessage[] {
  const system = [groundingInstruction, SPOKEN_STYLE, languageInstruction(language), instructions]
    .filter((part) => part !== null)
    .join('\n\n');
  return [
    { role: 'system', content: system },
    ...selectHistory(history).map(toMessage),
    { role: 'user', content: text },
  ];
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
