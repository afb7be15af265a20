import { FAILURE_SENTENCES } from '@/modules/integrations/google/google-failure.js';
import { missingScopes } from '@/modules/integrations/google/scopes.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { IntegrationConnection } from '../persistence/integration-connection.entity.js';

const STATUSES = ['active', 'scope_missing', 'reconnect_required'] as const;
const SCOPES = [
  'https://www.googleapis.com/auth/calendar.events',
  'https://www.googleapis.com/auth/calendar.freebusy',
];

@ApiSchema({ name: 'IntegrationResponse' })
export class IntegrationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'google_calendar', { enum: ['google_calendar'] })
  provider!: string;

  @ResponseField('string', 'active', { enum: STATUSES })
  status!: string;

  @ResponseListField('string', SCOPES, 'The scopes that the user granted.')
  scopes!: string[];

  @ResponseField('string', 'ada@gmail.example', { nullable: true })
  account_email!: string | null;

  @ResponseTimestampField()
  connected_at!: string;

  static from(connection: IntegrationConnection): IntegrationResponse {
    const { id, provider, status, scopes, account_email, connected_at } = connection;
    return { id, provider, status, scopes, account_email, connected_at: connected_at.toISOString() };
  }
}

@ApiSchema({ name: 'CompletedIntegrationResponse' })
export class CompletedIntegrationResponse extends IntegrationResponse {
  @ResponseListField('string', [], 'The scopes that the server needs and the user did not grant.')
  missing_scopes!: string[];

  @ResponseField('string', null, {
    nullable: true,
    description: 'Where the user is asked again. Only with `scope_missing`.',
  })
  authorization_url!: string | null;
}

@ApiSchema({ name: 'IntegrationStatusResponse' })
export class IntegrationStatusResponse {
  @ResponseField('string', 'google_calendar', { enum: ['google_calendar'] })
  provider!: string;

  @ResponseField('string', 'active', { enum: [...STATUSES, 'not_connected', 'not_configured'] })
  status!: string;

  @ResponseField('string', 'ada@gmail.example', { nullable: true })
  account_email!: string | null;

  @ResponseListField('string', SCOPES, 'The scopes that the user granted.')
  scopes!: string[];

  @ResponseListField('string', [], 'The scopes that the server needs and does not have.')
  missing_scopes!: string[];

  @ResponseTimestampField({ nullable: true })
  connected_at!: string | null;

  @ResponseTimestampField({ nullable: true, description: 'The last request that succeeded.' })
  last_success_at!: string | null;

  @ResponseTimestampField({
    nullable: true,
    description: 'When the access token is refreshed at the latest.',
  })
  expires_at!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    description: 'What went wrong last, since the last success.',
  })
  last_error!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    description: 'Where the user grants access again. Only with `scope_missing` and `reconnect_required`.',
  })
  authorization_url!: string | null;

  static without(status: 'not_connected' | 'not_configured'): IntegrationStatusResponse {
    return {
      provider: 'google_calendar',
      status,
      account_email: null,
      scopes: [],
      missing_scopes: [],
      connected_at: null,
      last_success_at: null,
      expires_at: null,
      last_error: null,
      authorization_url: null,
    };
  }

  static from(connection: IntegrationConnection, authorizationUrl: string | null): IntegrationStatusResponse {
    const { provider, status, account_email, scopes, last_error } = connection;
    return {
      provider,
      status,
      account_email,
      scopes,
      missing_scopes: missingScopes(scopes),
      connected_at: connection.connected_at.toISOString(),
      last_success_at: connection.last_success_at?.toISOString() ?? null,
      expires_at: status === 'reconnect_required' ? null : connection.access_expires_at.toISOString(),
      last_error: last_error && FAILURE_SENTENCES[last_error],
      authorization_url: authorizationUrl,
    };
  }
}
