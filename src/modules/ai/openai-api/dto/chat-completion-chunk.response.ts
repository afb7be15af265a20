import type { TokenUsage } from '@/modules/ai/models/language-model.js';
import type { ToolCallDelta } from '@/modules/ai/models/model-options.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';
import {
  COMPLETION_FINISH_REASONS,
  type CompletionFinishReason,
  type CompletionIdentity,
  CompletionUsageResponse,
} from './chat-completion.response.js';

@ApiSchema({ name: 'ChatCompletionFunctionDelta' })
class FunctionDelta {
  @ResponseField('string', 'get_weather', { optional: true })
  name?: string;

  @ResponseField('string', '{"ci')
  arguments!: string;
}

@ApiSchema({ name: 'ChatCompletionToolCallDelta' })
class ToolCallDeltaResponse {
  @ResponseField('integer', 0, { description: 'The number of the call in the answer.' })
  index!: number;

  @ResponseField('string', 'call_0197e0c26a537cc19d3a6f1f3b0f1c11', { optional: true })
  id?: string;

  @ResponseField('string', 'function', { optional: true })
  type?: string;

  @ResponseField(() => FunctionDelta)
  function!: FunctionDelta;

  /** The first part of a call has its id and its name. */
  static from({ index, id, name, arguments: json }: ToolCallDelta): ToolCallDeltaResponse {
    return id === undefined
      ? { index, function: { arguments: json } }
      : { index, id, type: 'function', function: { name, arguments: json } };
  }
}

@ApiSchema({ name: 'ChatCompletionDelta' })
export class CompletionDelta {
  @ResponseField('string', 'assistant', { optional: true, description: 'Only in the first chunk.' })
  role?: string;

  @ResponseField('string', 'Hel', { optional: true, nullable: true })
  content?: string | null;

  @ResponseField('string', undefined, { optional: true })
  reasoning_content?: string;

  @ResponseListField(() => ToolCallDeltaResponse, undefined, 'Parts of tool calls.')
  tool_calls?: ToolCallDeltaResponse[];

  static ofToolCall(delta: ToolCallDelta): CompletionDelta {
    return { tool_calls: [ToolCallDeltaResponse.from(delta)] };
  }
}

@ApiSchema({ name: 'ChatCompletionChunkChoice' })
class ChunkChoice {
  @ResponseField('integer', 0)
  index!: number;

  @ResponseField(() => CompletionDelta)
  delta!: CompletionDelta;

  @ResponseField('string', null, { nullable: true })
  logprobs!: null;

  @ResponseField('string', null, { enum: COMPLETION_FINISH_REASONS, nullable: true })
  finish_reason!: CompletionFinishReason | null;
}

/** One event of a streamed answer. */
@ApiSchema({ name: 'ChatCompletionChunk' })
export class ChatCompletionChunk {
  @ResponseField('string', 'chatcmpl-0197e0c26a537cc19d3a6f1f3b0f1c11')
  id!: string;

  @ResponseField('string', 'chat.completion.chunk')
  object!: string;

  @ResponseField('integer', 1_764_000_000)
  created!: number;

  @ResponseField('string', 'openai/gpt-5-mini')
  model!: string;

  @ResponseListField(() => ChunkChoice, undefined, 'One; none in the chunk with the usage.')
  choices!: ChunkChoice[];

  @ResponseField(() => CompletionUsageResponse, undefined, { optional: true, nullable: true })
  usage?: CompletionUsageResponse | null;

  static from(
    { id, created, model }: CompletionIdentity,
    delta: CompletionDelta,
    finish_reason: CompletionFinishReason | null = null,
  ): ChatCompletionChunk {
    const choice = { index: 0, delta, logprobs: null, finish_reason };
    return { id, object: 'chat.completion.chunk', created, model, choices: [choice] };
  }

  static ofUsage({ id, created, model }: CompletionIdentity, usage: TokenUsage): ChatCompletionChunk {
    const object = 'chat.completion.chunk';
    return { id, object, created, model, choices: [], usage: CompletionUsageResponse.from(usage) };
  }
}
