import type { ModelMessage } from '../language-model.js';

export interface RoleTurn {
  role: 'user' | 'assistant';
  content: string;
}

/** Stands where an assistant speaks first, for providers that insist on a user's words at the beginning. */
const PLACEHOLDER_USER_TURN = '(The conversation begins.)';

/**
 * Messages for providers that want turns: what the system says apart, roles alternating, the user first, no turn
 * empty. Neighbours of one role become one turn.
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
