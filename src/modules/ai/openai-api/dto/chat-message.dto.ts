import { ApiSchema } from '@/platform/openapi/index.js';
import {
  EnumField,
  IgnoredField,
  ObjectField,
  ObjectListField,
  TextField,
} from '@/platform/validation/index.js';
import { ContentField, type TextPart } from './chat-completion.fields.js';

/** A body is smaller. */
const MAX_TEXT = 1_000_000;
export const MAX_TOOLS = 128;
export const FUNCTION_NAME = /^[\w-]{1,64}$/;

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const;

@ApiSchema({ name: 'ChatCompletionFunctionCall' })
class FunctionCallRequest {
  @TextField({ max: 64, pattern: FUNCTION_NAME })
  name!: string;

  @TextField({ min: 0, max: MAX_TEXT, description: 'JSON, as the model wrote it.' })
  arguments!: string;

  @IgnoredField()
  parsed_arguments?: unknown;
}

@ApiSchema({ name: 'ChatCompletionToolCall' })
export class ToolCallRequest {
  @TextField({ max: 256 })
  id!: string;

  @EnumField(['function'])
  type!: string;

  @ObjectField(() => FunctionCallRequest)
  function!: FunctionCallRequest;

  @IgnoredField()
  index?: unknown;
}

@ApiSchema({ name: 'ChatCompletionMessage' })
export class ChatMessageRequest {
  @EnumField(ROLES, { example: 'user' })
  role!: (typeof ROLES)[number];

  @ContentField({
    optional: true,
    nullable: true,
    example: 'Say hello.',
    description: 'Only a message of the assistant with `tool_calls` can be without it.',
  })
  content?: string | TextPart[] | null;

  @ObjectListField(() => ToolCallRequest, {
    optional: true,
    nullable: true,
    maxItems: MAX_TOOLS,
    description: 'The tools that the assistant called.',
  })
  tool_calls?: ToolCallRequest[] | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 256,
    description: 'With the role `tool`: the call whose result this is.',
  })
  tool_call_id?: string | null;

  // The other fields of an answer, so that a client can send back what it has received.
  @IgnoredField()
  refusal?: unknown;

  @IgnoredField()
  annotations?: unknown;

  @IgnoredField()
  reasoning_content?: unknown;

  @IgnoredField()
  parsed?: unknown;

  @IgnoredField()
  name?: unknown;
}
