import type { ModelOptions, ToolChoice } from '../model-options.js';
import { parseArguments, type Turn } from './message-roles.js';

type Block = Readonly<Record<string, unknown>>;

interface AnthropicMessage {
  role: 'user' | 'assistant';
  content: string | Block[];
}

/** Results of tools are parts of a user turn, which ends with the text that follows them. */
export function toAnthropicMessages(turns: readonly Turn[]): AnthropicMessage[] {
  const messages: AnthropicMessage[] = [];
  for (const turn of turns) {
    const message = toMessage(turn);
    const last = messages.at(-1);
    if (last?.role === message.role) last.content = [...toBlocks(last.content), ...toBlocks(message.content)];
    else messages.push(message);
  }
  return messages;
}

/** The names of options that are absent here are unknown to the protocol. */
export function toAnthropicOptions(options: ModelOptions): object {
  const { temperature, topP, stop, tools, responseFormat: format } = options;
  return {
    // The largest value of the protocol is 1.
    temperature: temperature === undefined ? undefined : Math.min(1, temperature),
    top_p: topP,
    // The protocol refuses sequences of white space.
    stop_sequences: stop?.filter((sequence) => sequence.trim() !== ''),
    tools: tools?.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: parameters ?? { type: 'object', properties: {} },
    })),
    tool_choice: tools && toWireChoice(options),
    ...(format?.type === 'json_schema'
      ? { output_config: { format: { type: 'json_schema', schema: format.schema } } }
      : {}),
  };
}

function toMessage(turn: Turn): AnthropicMessage {
  const { role, content } = turn;
  if (role === 'tool') {
    const result = { type: 'tool_result', tool_use_id: toWireId(turn.toolCallId), content };
    return { role: 'user', content: [result] };
  }
  if (role === 'user' || !turn.toolCalls) return { role, content };
  const calls = turn.toolCalls.map((call) => ({
    type: 'tool_use',
    id: toWireId(call.id),
    name: call.name,
    input: parseArguments(call),
  }));
  return { role, content: [...toBlocks(content), ...calls] };
}

function toBlocks(content: string | Block[]): Block[] {
  if (typeof content !== 'string') return content;
  return content.trim() === '' ? [] : [{ type: 'text', text: content }];
}

/** Ids of other providers may have characters that the protocol refuses. */
function toWireId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function toWireChoice({ toolChoice, parallelToolCalls }: ModelOptions): object | undefined {
  const oneAtATime = parallelToolCalls === false && toolChoice !== 'none';
  if (toolChoice === undefined && !oneAtATime) return undefined;
  return {
    ...toChoiceType(toolChoice ?? 'auto'),
    ...(oneAtATime ? { disable_parallel_tool_use: true } : {}),
  };
}

function toChoiceType(choice: ToolChoice): object {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name };
  return { type: choice === 'required' ? 'any' : choice };
}
