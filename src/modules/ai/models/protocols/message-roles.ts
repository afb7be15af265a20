import type { ModelMessage } from '../language-model.js';

export interface RoleTurn {
  role: 'user' | 'assistant';
  content: string;
}

/** Inserted before a leading assistant turn: some providers require a user turn first. */
const PLACEHOLDER_USER_TURN = '(The conversation begins.)';

/**
 * Separates system messages from turns, for providers that require alternating roles, a user turn first, and no empty
 * turns. Consecutive messages of the same role are joined.
 */
export function splitSystemAndTurns(messages: readonly ModelMessage[]): {
  system: string;
  turns: RoleTurn[];
} {
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
  return { system: system.join('\n\n'), turns };
}
