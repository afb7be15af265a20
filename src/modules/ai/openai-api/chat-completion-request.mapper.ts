import { invalidField } from '@/platform/errors/index.js';
import type { ModelMessage } from '../models/language-model.js';
import type { ModelOptions, ResponseFormat, ToolChoice } from '../models/model-options.js';
import type { ChatCompletionRequest } from './dto/chat-completion.request.js';
import type { ChatMessageRequest, ToolCallRequest } from './dto/chat-message.dto.js';

/** Returns the messages. Throws 400 for a message without content, and for the result of an unknown call. */
export function toModelMessages({ messages }: ChatCompletionRequest): ModelMessage[] {
  if (messages.length === 0) throw invalidField('messages', 'list_size', 'must hold at least one message');
  const callIds = new Set<string>();
  return messages.map((message, index) => {
    const path = `messages.${index}`;
    const converted = toModelMessage(message, path);
    for (const { id } of converted.toolCalls ?? []) callIds.add(id);
    const { toolCallId } = converted;
    if (toolCallId !== undefined && !callIds.has(toolCallId))
      throw invalidField(`${path}.tool_call_id`, 'unknown', 'names no call of an earlier message');
    return converted;
  });
}

function toModelMessage(message: ChatMessageRequest, path: string): ModelMessage {
  const { role, content: sent, tool_calls: calls, tool_call_id: toolCallId } = message;
  const content = typeof sent === 'string' ? sent : (sent ?? []).map(({ text }) => text).join('');
  const isCalling = role === 'assistant' && calls != null && calls.length > 0;
  if (sent == null && !isCalling) throw invalidField(`${path}.content`, 'required', 'is required');
  if (role === 'tool') {
    if (toolCallId == null) throw invalidField(`${path}.tool_call_id`, 'required', 'is required');
    return { role, content, toolCallId };
  }
  if (calls != null && role !== 'assistant')
    throw invalidField(`${path}.tool_calls`, 'role', 'belongs to a message of the assistant');
  if (isCalling) return { role, content, toolCalls: calls.map(toToolCall) };
  return { role: role === 'developer' ? 'system' : role, content };
}

function toToolCall({ id, function: called }: ToolCallRequest): {
  id: string;
  name: string;
  arguments: string;
} {
  return { id, name: called.name, arguments: called.arguments };
}

/** Returns the options. Throws 400 for combinations that say nothing. */
export function toModelOptions(request: ChatCompletionRequest): ModelOptions {
  const tools = (request.tools ?? []).map(({ function: { name, description, parameters, strict } }) => ({
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  }));
  return {
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    seed: request.seed ?? undefined,
    stop: request.stop == null ? undefined : [request.stop].flat(),
    reasoningEffort: request.reasoning_effort ?? undefined,
    tools: tools.length === 0 ? undefined : tools,
    toolChoice: toToolChoice(request, tools),
    parallelToolCalls: tools.length === 0 ? undefined : (request.parallel_tool_calls ?? undefined),
    responseFormat: toResponseFormat(request),
  };
}

function toToolChoice(
  { tool_choice: choice }: ChatCompletionRequest,
  tools: readonly { name: string }[],
): ToolChoice | undefined {
  if (choice == null || (tools.length === 0 && (choice === 'none' || choice === 'auto'))) return undefined;
  if (tools.length === 0) throw invalidField('tool_choice', 'tools', 'requires tools');
  if (typeof choice === 'string') return choice;
  const { name } = choice.function;
  if (tools.some((tool) => tool.name === name)) return { name };
  throw invalidField('tool_choice', 'choice', 'names none of the tools');
}

function toResponseFormat({ response_format: format }: ChatCompletionRequest): ResponseFormat | undefined {
  if (format == null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json_object' };
  if (format.json_schema == null)
    throw invalidField('response_format.json_schema', 'required', 'is required');
  const { name, description, schema, strict } = format.json_schema;
  return {
    type: 'json_schema',
    name,
    description: description ?? undefined,
    schema,
    strict: strict ?? undefined,
  };
}

/** Returns the limit for the answer; of both names the newer one counts. */
export function toMaxTokens(request: ChatCompletionRequest): number | undefined {
  return request.max_completion_tokens ?? request.max_tokens ?? undefined;
}
