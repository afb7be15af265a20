import { ApiSchema } from '@/platform/openapi/index.js';
import {
  isVisible,
  EnumField,
  BooleanField,
  IdField,
  TextField,
  ObjectListField,
} from '@/platform/validation/index.js';

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
      '`auto`, or a provider or model from `GET /api/ai/providers`. Default: the provider of the conversation, else `auto`.',
  })
  provider?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 200,
    description:
      'A model of the provider, such as `gpt-5-mini`. Default: its first model. With `auto`, only providers that offer the model are tried.',
  })
  model?: string | null;

  @ObjectListField(() => ChatTurn, {
    optional: true,
    nullable: true,
    maxItems: MAX_HISTORY_TURNS,
    description: 'Earlier turns, oldest first. Cannot be combined with `conversation_id`.',
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
    max: 35,
    pattern: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    example: 'en',
    description: 'The language of the answer.',
  })
  user_language?: string | null;

  @BooleanField({
    optional: true,
    description: 'Return an event stream. `Accept: text/event-stream` has the same effect.',
  })
  stream?: boolean;
}
