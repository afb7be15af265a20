import { defineErrors } from '@/platform/errors/index.js';

const AUTHORIZATION_URL = 'https://accounts.google.com/o/oauth2/v2/auth?client_id=…&state=…';

export const integrationErrors = defineErrors({
  integration_not_configured: {
    kind: 'unavailable',
    message: 'This server has no client for this integration.',
  },
  integration_not_connected: {
    kind: 'not_found',
    message: 'There is no connection. Start one with GET /api/integrations/google-calendar/start.',
  },
  integration_state_invalid: {
    kind: 'invalid',
    message: 'The state is not valid, expired or was used before. Start the connection again.',
  },
  integration_completion_invalid: {
    kind: 'invalid',
    message: 'The completion is not valid, expired or was used before. Start the connection again.',
  },
  integration_for_another: {
    kind: 'forbidden',
    message: 'Another user has started this connection, so only that user can complete it.',
  },
  integration_code_refused: {
    kind: 'invalid',
    message: 'Google did not accept the code. Start the connection again.',
  },
  integration_reconnect_required: {
    kind: 'conflict',
    message: 'Google no longer accepts the connection. Connect again with the authorization URL.',
    facts: { authorization_url: AUTHORIZATION_URL },
  },
  integration_scope_missing: {
    kind: 'forbidden',
    message: 'Google did not grant all permissions. Grant them with the authorization URL.',
    facts: {
      missing_scopes: ['https://www.googleapis.com/auth/calendar.events'],
      authorization_url: AUTHORIZATION_URL,
    },
  },
  integration_event_refused: { kind: 'invalid', message: 'Google did not accept the event.' },
  integration_rate_limited: {
    kind: 'too_many',
    message: 'Google asks this server to send fewer requests. Try again later.',
  },
});
