import type { ResponseFormat, Tool, ToolCall } from '../model-options.js';
import type { Turn } from './message-roles.js';

/** The parts of a request in OpenAI's form that concern tools and formats. Ollama has the same form of a tool. */
export function toWireTool({ name, description, parameters, strict }: Tool): object {
  return { type: 'function', function: { name, description, parameters, strict } };
}

export function toWireFormat(format: ResponseFormat): object {
  if (format.type === 'json_object') return format;
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, description, schema, strict } };
}

export function toWireMessage(turn: Turn | { role: 'system'; content: string }): object {
  const { role, content } = turn;
  if (role === 'tool') return { role, content, tool_call_id: turn.toolCallId };
  if (role === 'assistant' && turn.toolCalls)
    return { role, content: content === '' ? null : content, tool_calls: turn.toolCalls.map(toWireCall) };
  return { role, content };
}

function toWireCall({ id, name, arguments: text }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: text } };
}
