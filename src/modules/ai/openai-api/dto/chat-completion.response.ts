import type { TokenUsage } from '@/modules/ai/models/language-model.js';
import type { ToolCall } from '@/modules/ai/models/model-options.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

export const COMPLETION_FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;
export type CompletionFinishReason = (typeof COMPLETION_FINISH_REASONS)[number];

@ApiSchema({ name: 'ChatCompletionCalledFunction' })
class CalledFunctionResponse {
  @ResponseField('string', 'get_weather')
  name!: string;

  @ResponseField('string', '{"city":"Paris"}', { description: 'JSON, as the model wrote it.' })
  arguments!: string;
}

@ApiSchema({ name: 'ChatCompletionCalledTool' })
class ToolCallResponse {
  @ResponseField('string', 'call_0197e0c26a537cc19d3a6f1f3b0f1c11')
  id!: string;

  @ResponseField('string', 'function')
  type!: string;

  @ResponseField(() => CalledFunctionResponse)
  function!: CalledFunctionResponse;

  static from({ id, name, arguments: json }: ToolCall): ToolCallResponse {
    return { id, type: 'function', function: { name, arguments: json } };
  }
}

@ApiSchema({ name: 'ChatCompletionAnswer' })
class CompletionMessageResponse {
  @ResponseField('string', 'assistant')
  role!: string;

  @ResponseField('string', 'Hello!', { nullable: true, description: 'Null when the model only calls tools.' })
  content!: string | null;

  @ResponseField('string', null, { nullable: true, description: 'Always null.' })
  refusal!: null;

  @ResponseField('string', undefined, {
    optional: true,
    description: 'The thinking of the model. Only if the operator has switched it on and the model sends it.',
  })
  reasoning_content?: string;

  @ResponseListField(
    () => ToolCallResponse,
    undefined,
    'The tools that the client should call. Absent: none.',
  )
  tool_calls?: ToolCallResponse[];
}

@ApiSchema({ name: 'ChatCompletionChoice' })
class CompletionChoiceResponse {
  @ResponseField('integer', 0)
  index!: number;

  @ResponseField(() => CompletionMessageResponse)
  message!: CompletionMessageResponse;

  @ResponseField('string', null, { nullable: true, description: 'Always null.' })
  logprobs!: null;

  @ResponseField('string', 'stop', { enum: COMPLETION_FINISH_REASONS })
  finish_reason!: CompletionFinishReason;
}

@ApiSchema({ name: 'ChatCompletionUsage' })
export class CompletionUsageResponse {
  @ResponseField('integer', 14)
  prompt_tokens!: number;

  @ResponseField('integer', 7)
  completion_tokens!: number;

  @ResponseField('integer', 21)
  total_tokens!: number;

  static from({ inputTokens, outputTokens }: TokenUsage): CompletionUsageResponse {
    return {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    };
  }
}

/** What identifies an answer, whole or in chunks. */
export interface CompletionIdentity {
  id: string;
  created: number;
  /** The provider and the model that answers, in the form of `GET /v1/models`. */
  model: string;
}

interface Completion extends CompletionIdentity {
  content: string;
  reasoning: string | undefined;
  toolCalls: readonly ToolCall[];
  finishReason: CompletionFinishReason;
  usage: TokenUsage;
}

@ApiSchema({ name: 'ChatCompletionResponse' })
export class ChatCompletionResponse {
  @ResponseField('string', 'chatcmpl-0197e0c26a537cc19d3a6f1f3b0f1c11')
  id!: string;

  @ResponseField('string', 'chat.completion')
  object!: string;

  @ResponseField('integer', 1_764_000_000, { description: 'Seconds since 1970.' })
  created!: number;

  @ResponseField('string', 'openai/gpt-5-mini', { description: 'The provider and the model that answered.' })
  model!: string;

  @ResponseListField(() => CompletionChoiceResponse, undefined, 'Always one.')
  choices!: CompletionChoiceResponse[];

  @ResponseField(() => CompletionUsageResponse, undefined, {
    description: 'Estimated where the provider does not report it.',
  })
  usage!: CompletionUsageResponse;

  static from({ id, created, model, ...answer }: Completion): ChatCompletionResponse {
    const { content, reasoning, toolCalls, finishReason, usage } = answer;
    const message: CompletionMessageResponse = {
      role: 'assistant',
      content: content === '' && toolCalls.length > 0 ? null : content,
      refusal: null,
      ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map((call) => ToolCallResponse.from(call)) }),
    };
    const choice = { index: 0, message, logprobs: null, finish_reason: finishReason };
    const object = 'chat.completion';
    return { id, object, created, model, choices: [choice], usage: CompletionUsageResponse.from(usage) };
  }
}
