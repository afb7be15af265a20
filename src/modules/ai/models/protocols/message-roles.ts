import type { ModelMessage } from '../language-model.js';

export interface RoleTurn {
  role: 'user' | 'assistant';
  content: string;
}

export interface Prompt {
  /** Empty for none. */
  system: string;
  turns: RoleTurn[];
}

/** Inserted before a leading assistant turn: some providers require a user turn first. */
const PLACEHOLDER_USER_TURN = '(The conversation begins.)';

/**
 * Separates system messages from turns, as strict providers require it: alternating roles, a user turn first, and no
 * empty turns. Consecutive messages of the same role are joined. Without `systemRole` the system messages become the
 * beginning of the first turn.
 */
export function splitSystemAndTurns(messages: readonly ModelMessage[], systemRole = true): Prompt {
  const turns: RoleTurn[] = [];
  const system: string[] = [];
  for (const { role, content } of messages) {
    if (content.trim() === '') continue;
    const last = turns.at(-1);
    if (role === 'system') system.push(content);
    else if (last?.role === role) last.content += `\n\n${content}`;
    else turns.push({ role, content });
  }
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', content: PLACEHOLDER_USER_TURN });
  const [first] = turns;
  if (systemRole || system.length === 0 || !first) return { system: system.join('\n\n'), turns };
  first.content = [...system, first.content].join('\n\n');
  return { system: '', turns };
}

/** Returns the prompt as messages with at most one system message, which is the first. */
export function toAlternatingMessages(
  messages: readonly ModelMessage[],
  systemRole: boolean,
): { role: ModelMessage['role']; content: string }[] {
  const { system, turns } = splitSystemAndTurns(messages, systemRole);
  return system === '' ? turns : [{ role: 'system', content: system }, ...turns];
}
