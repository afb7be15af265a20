import { ApiSchema } from '@/platform/openapi/index.js';
import {
  BooleanField,
  EnumField,
  EnumListField,
  IgnoredField,
  IntegerField,
  JsonObjectField,
  NumberField,
  ObjectField,
  ObjectListField,
  TextField,
} from '@/platform/validation/index.js';
import {
  type NamedToolChoice,
  StopField,
  SwitchedOffField,
  ToolChoiceField,
  type ToolChoiceName,
} from './chat-completion.fields.js';
import { ChatMessageRequest, FUNCTION_NAME, MAX_TOOLS } from './chat-message.dto.js';

const MAX_MESSAGES = 1_000;
const MAX_SCHEMA_BYTES = 64 * 1024;
const MAX_DESCRIPTION = 10_000;
const MAX_ANSWER_TOKENS = 10_000_000;
/** Each of these fields may be absent or null, which is the same. */
const OPTIONAL = { optional: true, nullable: true } as const;

@ApiSchema({ name: 'ChatCompletionStreamOptions' })
class StreamOptions {
  @BooleanField({ ...OPTIONAL, description: 'The last chunk has the usage.' })
  include_usage?: boolean | null;
}

@ApiSchema({ name: 'ChatCompletionFunction' })
class FunctionDefinition {
  @TextField({ max: 64, pattern: FUNCTION_NAME })
  name!: string;

  @TextField({ ...OPTIONAL, min: 0, max: MAX_DESCRIPTION })
  description?: string | null;

  @JsonObjectField({
    ...OPTIONAL,
    maxBytes: MAX_SCHEMA_BYTES,
    description: 'The JSON Schema of the arguments.',
  })
  parameters?: Record<string, unknown> | null;

  @BooleanField(OPTIONAL)
  strict?: boolean | null;
}

@ApiSchema({ name: 'ChatCompletionTool' })
class ToolRequest {
  @EnumField(['function'])
  type!: string;

  @ObjectField(() => FunctionDefinition)
  function!: FunctionDefinition;
}

@ApiSchema({ name: 'ChatCompletionJsonSchema' })
class JsonSchemaFormat {
  @TextField({ max: 64, pattern: FUNCTION_NAME })
  name!: string;

  @TextField({ ...OPTIONAL, min: 0, max: MAX_DESCRIPTION })
  description?: string | null;

  @JsonObjectField({ maxBytes: MAX_SCHEMA_BYTES })
  schema!: Record<string, unknown>;

  @BooleanField(OPTIONAL)
  strict?: boolean | null;
}

@ApiSchema({ name: 'ChatCompletionResponseFormat' })
class ResponseFormatRequest {
  @EnumField(['text', 'json_object', 'json_schema'])
  type!: 'text' | 'json_object' | 'json_schema';

  @ObjectField(() => JsonSchemaFormat, { ...OPTIONAL, description: 'Required with `json_schema`.' })
  json_schema?: JsonSchemaFormat | null;
}

@ApiSchema({ name: 'ChatCompletionRequest' })
export class ChatCompletionRequest {
  @TextField({
    max: 400,
    example: 'auto',
    description: '`auto`, `<provider>` or `<provider>/<model>`; `GET /v1/models` lists them.',
  })
  model!: string;

  @ObjectListField(() => ChatMessageRequest, {
    maxItems: MAX_MESSAGES,
    example: [{ role: 'user', content: 'Say hello.' }],
    description: 'Oldest first.',
  })
  messages!: ChatMessageRequest[];

  @BooleanField({ ...OPTIONAL, description: 'Return the answer in chunks, as an event stream.' })
  stream?: boolean | null;

  @ObjectField(() => StreamOptions, OPTIONAL)
  stream_options?: StreamOptions | null;

  @IntegerField({ ...OPTIONAL, min: 1, max: MAX_ANSWER_TOKENS, description: 'Limits the answer.' })
  max_completion_tokens?: number | null;

  @IntegerField({ ...OPTIONAL, min: 1, max: MAX_ANSWER_TOKENS, description: 'Older name of the limit.' })
  max_tokens?: number | null;

  @NumberField({ ...OPTIONAL, min: 0, max: 2 })
  temperature?: number | null;

  @NumberField({ ...OPTIONAL, min: 0, max: 1 })
  top_p?: number | null;

  @NumberField({ ...OPTIONAL, min: -2, max: 2 })
  presence_penalty?: number | null;

  @NumberField({ ...OPTIONAL, min: -2, max: 2 })
  frequency_penalty?: number | null;

  @IntegerField({ ...OPTIONAL, min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
  seed?: number | null;

  @StopField(OPTIONAL)
  stop?: string | string[] | null;

  @EnumField(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'], OPTIONAL)
  reasoning_effort?: string | null;

  @ObjectListField(() => ToolRequest, { ...OPTIONAL, maxItems: MAX_TOOLS })
  tools?: ToolRequest[] | null;

  @ToolChoiceField(OPTIONAL)
  tool_choice?: ToolChoiceName | NamedToolChoice | null;

  @BooleanField(OPTIONAL)
  parallel_tool_calls?: boolean | null;

  @ObjectField(() => ResponseFormatRequest, OPTIONAL)
  response_format?: ResponseFormatRequest | null;

  @IntegerField({ ...OPTIONAL, min: 1, max: 1, description: 'There is always one answer.' })
  n?: number | null;

  @SwitchedOffField(OPTIONAL)
  logprobs?: false | null;

  @EnumListField(['text'], OPTIONAL)
  modalities?: string[] | null;

  @IgnoredField()
  user?: unknown;

  @IgnoredField()
  store?: unknown;

  @IgnoredField()
  metadata?: unknown;

  @IgnoredField()
  service_tier?: unknown;

  @IgnoredField()
  safety_identifier?: unknown;

  @IgnoredField()
  prompt_cache_key?: unknown;
}
