import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { EnumField, OAuthForm, TextField } from '@/platform/validation/index.js';

const URL_LENGTH = 2_000;

export class StartAuthorizationQuery {
  @TextField({
    optional: true,
    max: URL_LENGTH,
    description:
      'Where the browser goes after the decision of the user: one of `INTEGRATION_RETURN_URLS`. Without it, to a page of this server.',
  })
  return_to?: string;

  @EnumField(['true', 'false'], {
    optional: true,
    description: '`true`: the response is a redirect (302) to the authorization URL.',
  })
  redirect?: 'true' | 'false';
}

/** Parameters of an authorization response (RFC 6749, 4.1.2). Unknown ones are ignored. */
@OAuthForm()
export class AuthorizationCallbackQuery {
  @TextField({ max: 4_000, example: 'AYz1…' })
  state!: string;

  @TextField({ optional: true, max: 2_000 })
  code?: string;

  @TextField({ optional: true, max: 200 })
  error?: string;

  @TextField({ optional: true, max: 500 })
  iss?: string;
}

export class CompleteAuthorizationRequest {
  @TextField({ max: 200, example: 'q3Zl1cG0mT8h2cVb5X9r7eYkD4uJ6sWnA0pLoIfHtMg' })
  completion!: string;
}

export class DisconnectQuery {
  @EnumField(['keep', 'remove'], {
    optional: true,
    description: 'Whether the study sessions in the calendar are deleted; `keep` by default.',
  })
  study_plan?: 'keep' | 'remove';
}

@ApiSchema({ name: 'AuthorizationStartResponse' })
export class AuthorizationStartResponse {
  @ResponseField('string', 'https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=…')
  authorization_url!: string;

  @ResponseField('string', 'AYz1…', { description: 'Valid for 15 minutes, and for one use.' })
  state!: string;
}
