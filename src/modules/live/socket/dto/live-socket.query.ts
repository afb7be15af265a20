import { type LiveSessionType, SESSION_TYPES } from '@/modules/live/sessions/index.js';
import { EnumField, IdField, TextField } from '@/platform/validation/index.js';

const MAX_TOKEN_LENGTH = 4_096;

export class LiveSocketQuery {
  @TextField({
    optional: true,
    max: MAX_TOKEN_LENGTH,
    description:
      'The `socket_ticket` of the session, in place of a header. Valid for 60 seconds and one socket.',
  })
  ticket?: string;

  @TextField({
    optional: true,
    max: MAX_TOKEN_LENGTH,
    description:
      'An integration token with the scope `live:use`, in the page that it names. The socket starts a session of its own.',
  })
  integration_token?: string;

  @IdField({
    optional: true,
    description:
      'Your active session. Default: the one that you have. Not with other credentials than a header.',
  })
  session_id?: string;

  @EnumField(SESSION_TYPES, { optional: true, description: 'With an integration token. Default: `voice`.' })
  session_type?: LiveSessionType;

  @TextField({
    optional: true,
    max: 35,
    pattern: /^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    description: 'With an integration token: the language of the answers.',
  })
  language?: string;

  @TextField({
    optional: true,
    max: 64,
    description: 'With an integration token: a voice of the speech provider.',
  })
  voice?: string;
}
