import { ApiSchema } from '@/platform/openapi/index.js';
import { BooleanField, EnumField, IdField, isVisible, TextField } from '@/platform/validation/index.js';
import { type LiveSessionType, SESSION_TYPES } from '../live-session.rules.js';

@ApiSchema({ name: 'LiveStartSessionRequest' })
export class LiveStartSessionRequest {
  @EnumField(SESSION_TYPES, { example: 'voice' })
  session_type!: LiveSessionType;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 35,
    pattern: /^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    example: 'en',
    description: 'The language of the answers. Default: the language that the user speaks.',
  })
  language?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 64,
    example: 'alloy',
    description: 'A voice of the speech provider.',
  })
  voice?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 8_000,
    rules: [isVisible],
    example: 'Practise small talk. Correct one mistake at a time.',
    description: 'How the AI is to behave in this session.',
  })
  instructions?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 100,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
    patternMessage: 'must be a slug of lower-case letters, digits and single dashes',
    example: 'a1-introductions',
    description:
      'The module of Xentree English that the session practises: the AI is told its level and objectives.',
  })
  module_id?: string | null;

  @BooleanField({
    optional: true,
    description: 'Answer from your documents. An API key also needs the scope `rag:read`.',
  })
  use_knowledge?: boolean;

  @TextField({
    optional: true,
    nullable: true,
    hint: true,
    max: 200,
    example: 'auto',
    description: '`auto`, or a provider from `GET /api/ai/providers`.',
  })
  provider?: string | null;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'The organization whose plan counts. Default: the one of the API key, else your primary organization, else the plan `free`.',
  })
  organization_id?: string | null;
}

@ApiSchema({ name: 'LiveSessionRequest' })
export class LiveSessionRequest {
  @IdField()
  session_id!: string;
}
