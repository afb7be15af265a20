import { ApiSchema } from '@/platform/openapi/index.js';
import {
  isVisible,
  EnumField,
  BooleanField,
  IdField,
  IgnoredField,
  TextField,
  ObjectListField,
} from '@/platform/validation/index.js';

const MAX_HISTORY_TURNS = 200;
const CHAT_ROLES = ['user', 'assistant', 'system'] as const;

@ApiSchema({ name: 'ChatTurn' })
class ChatTurn {
  @EnumField(CHAT_ROLES)
  role!: (typeof CHAT_ROLES)[number];

  @TextField({ min: 0, max: 200_000, example: 'What can you do?' })
  content!: string;

  // The other fields of a stored message, so that a client can send back what it has read.
  @IgnoredField()
  id?: unknown;

  @IgnoredField()
  conversation_id?: unknown;

  @IgnoredField()
  provider?: unknown;

  @IgnoredField()
  model?: unknown;

  @IgnoredField()
  finish_reason?: unknown;

  @IgnoredField()
  complete?: unknown;

  @IgnoredField()
  sources?: unknown;

  @IgnoredField()
  usage?: unknown;

  @IgnoredField()
  created_at?: unknown;
}

@ApiSchema({ name: 'ChatRequest' })
export class ChatRequest {
  @TextField({ max: 32_000, rules: [isVisible], example: 'Create a learning plan for my team.' })
  message!: string;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 200,
    example: 'auto',
    description:
      '`auto`, or a provider or model from `GET /api/ai/providers`. Default: the provider of the conversation, else `auto`.',
  })
  provider?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 200,
    description:
      'A model of the provider, such as `gpt-5-mini`. Default: its first model. With `auto`, only providers that offer the model are tried.',
  })
  model?: string | null;

  @ObjectListField(() => ChatTurn, {
    optional: true,
    nullable: true,
    maxItems: MAX_HISTORY_TURNS,
    description:
      'Earlier turns, oldest first, also as `GET /api/core/conversations/{conversation_id}/messages` returns them. ' +
      'Empty ones are left out. Cannot be combined with `conversation_id`.',
  })
  conversation_history?: ChatTurn[] | null;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'One of your conversations. Its turns are sent to the model; the message and the answer are stored in it.',
  })
  conversation_id?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 100,
    example: 'en',
    description:
      'The language of the answer: a tag such as `en`, `pt-BR` or `pt_BR`. An unknown tag is ignored.',
  })
  user_language?: string | null;

  @BooleanField({
    optional: true,
    nullable: true,
    description:
      'Answer from your documents alone, with citations; see `sources`. API keys also need the scope `rag:read`.',
  })
  use_knowledge?: boolean | null;

  @BooleanField({
    optional: true,
    description: 'Return an event stream. `Accept: text/event-stream` has the same effect.',
  })
  stream?: boolean;
}
