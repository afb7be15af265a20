import type { ModelMessage } from '../language-model.js';
import type { ToolCall } from '../model-options.js';

/** A turn of the user or the assistant, or the result of a tool. */
export type Turn =
  | { role: 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: readonly ToolCall[] }
  | { role: 'tool'; content: string; toolCallId: string; toolName: string };

export interface Prompt {
  /** Empty for none. */
  system: string;
  turns: Turn[];
}

/** Inserted before a leading assistant turn: some providers require a user turn first. */
const PLACEHOLDER_USER_TURN = '(The conversation begins.)';

/**
 * Separates system messages from turns, as strict providers require it: alternating roles, a user turn first, and no
 * empty turns. Consecutive messages of the same role are joined, except for tool calls and their results. Without
 * `systemRole` the system messages become the beginning of the first turn.
 */
export function splitSystemAndTurns(messages: readonly ModelMessage[], systemRole = true): Prompt {
  const system = messages.filter(({ role, content }) => role === 'system' && content.trim() !== '');
  const turns: Turn[] = [];
  const toolNames = new Map<string, string>();
  for (const message of messages) {
    message.toolCalls?.forEach(({ id, name }) => toolNames.set(id, name));
    const turn = toTurn(message, toolNames);
    const last = turns.at(-1);
    if (!turn) continue;
    if (last && canJoin(last, turn)) last.content += `\n\n${turn.content}`;
    else turns.push(turn);
  }
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', content: PLACEHOLDER_USER_TURN });
  const instructions = system.map(({ content }) => content);
  const [first] = turns;
  if (systemRole || !first) return { system: instructions.join('\n\n'), turns };
  first.content = [...instructions, first.content].join('\n\n');
  return { system: '', turns };
}

/** Returns the prompt with at most one system message, which is the first. */
export function toAlternatingTurns(
  messages: readonly ModelMessage[],
  systemRole: boolean,
): ({ role: 'system'; content: string } | Turn)[] {
  const { system, turns } = splitSystemAndTurns(messages, systemRole);
  return system === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

/** Returns undefined for a system message and for an empty turn. */
function toTurn(
  { role, content, toolCalls, toolCallId = '' }: ModelMessage,
  toolNames: ReadonlyMap<string, string>,
): Turn | undefined {
  if (role === 'tool') return { role, content, toolCallId, toolName: toolNames.get(toolCallId) ?? '' };
  if (role === 'assistant' && toolCalls) return { role, content, toolCalls };
  return role === 'system' || content.trim() === '' ? undefined : { role, content };
}

function canJoin(last: Turn, next: Turn): boolean {
  return last.role === next.role && last.role !== 'tool' && !('toolCalls' in last) && !('toolCalls' in next);
}

/** Returns the arguments of a call as an object, as some protocols require them; empty when they are none. */
export function parseArguments({ arguments: json }: ToolCall): object {
  try {
    const value = JSON.parse(json) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
