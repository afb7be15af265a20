import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { isVisible } from '@/platform/validation/field-rules.js';
import { Choice, Flag, Identifier, Text } from '@/platform/validation/fields.js';
import { NestedList } from '@/platform/validation/nested-fields.js';

const MOST_TURNS = 200;
const ROLES = ['user', 'assistant', 'system'] as const;

@ApiSchema({ name: 'ChatTurn' })
class ChatTurn {
  @Choice(ROLES)
  role!: (typeof ROLES)[number];

  @Text({ max: 200_000, example: 'What can you do?' })
  content!: string;
}

@ApiSchema({ name: 'ChatRequest' })
export class ChatRequest {
  @Text({ max: 32_000, also: [isVisible], example: 'Create a learning plan for my team.' })
  message!: string;

  @Text({
    optional: true,
    nullable: true,
    max: 200,
    example: 'auto',
    description:
      '`auto`, a provider, or a model of `GET /api/ai/providers`. Default: that of the conversation, else `auto`.',
  })
  provider?: string | null;

  @Text({
    optional: true,
    nullable: true,
    max: 200,
    example: 'gpt-5-mini',
    description:
      'A model of the provider; its default when absent. With `auto`, only providers that have it are asked.',
  })
  model?: string | null;

  @NestedList(() => ChatTurn, {
    optional: true,
    nullable: true,
    most: MOST_TURNS,
    description: 'Earlier turns, oldest first. Not together with `conversation_id`.',
  })
  conversation_history?: ChatTurn[] | null;

  @Identifier({
    optional: true,
    nullable: true,
    description:
      'A conversation of yours: its turns are sent along, this one and the answer are stored in it.',
  })
  conversation_id?: string | null;

  @Text({
    optional: true,
    nullable: true,
    max: 35,
    pattern: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    example: 'en',
    description: 'The language to answer in.',
  })
  user_language?: string | null;

  @Flag({ optional: true, description: 'Answer as an event stream; so does `Accept: text/event-stream`.' })
  stream?: boolean;
}
