import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { isVisible } from '@/platform/validation/field-rules.js';
import { EnumField, BooleanField, IdField, TextField } from '@/platform/validation/fields.js';
import { ObjectListField } from '@/platform/validation/index.js';

const MAX_HISTORY_TURNS = 200;
const CHAT_ROLES = ['user', 'assistant', 'system'] as const;

@ApiSchema({ name: 'ChatTurn' })
class ChatTurn {
  @EnumField(CHAT_ROLES)
  role!: (typeof CHAT_ROLES)[number];

  @TextField({ max: 200_000, example: 'What can you do?' })
  content!: string;
}

@ApiSchema({ name: 'ChatRequest' })
export class ChatRequest {
  @TextField({ max: 32_000, rules: [isVisible], example: 'Create a learning plan for my team.' })
  message!: string;

  @TextField({
    optional: true,
    nullable: true,
    max: 200,
    example: 'auto',
    description:
      '`auto`, a provider, or a model of `GET /api/ai/providers`. Default: that of the conversation, else `auto`.',
  })
  provider?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 200,
    example: 'gpt-5-mini',
    description:
      'A model of the provider; its default when absent. With `auto`, only providers that have it are asked.',
  })
  model?: string | null;

  @ObjectListField(() => ChatTurn, {
    optional: true,
    nullable: true,
    maxItems: MAX_HISTORY_TURNS,
    description: 'Earlier turns, oldest first. Not together with `conversation_id`.',
  })
  conversation_history?: ChatTurn[] | null;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'A conversation of yours: its turns are sent along, this one and the answer are stored in it.',
  })
  conversation_id?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 35,
    pattern: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    example: 'en',
    description: 'The language to answer in.',
  })
  user_language?: string | null;

  @BooleanField({
    optional: true,
    description: 'Answer as an event stream; so does `Accept: text/event-stream`.',
  })
  stream?: boolean;
}
