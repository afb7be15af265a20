import type { ModelMessage } from './language-model.js';
import type { ModelFeature, ModelOptions } from './model-options.js';

/** Returns the features that a provider needs to answer a request. */
export function requiredFeatures(
  messages: readonly ModelMessage[],
  { tools = [], toolChoice, responseFormat }: ModelOptions,
): ModelFeature[] {
  const usesTools = tools.length > 0 || messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls);
  const isToolRequired = toolChoice === 'required' || typeof toolChoice === 'object';
  return [
    ...(usesTools ? (['tools'] as const) : []),
    ...(isToolRequired ? (['required_tool'] as const) : []),
    ...(responseFormat ? [responseFormat.type] : []),
  ];
}
