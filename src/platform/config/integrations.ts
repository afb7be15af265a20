import type { Environment } from './schema.js';

/** Addresses of Google, without trailing slashes, and the client that is registered there; undefined without one. */
export interface GoogleSettings {
  client: { id: string; secret: string } | undefined;
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  revocationUrl: string;
  calendarUrl: string;
}

export interface IntegrationSettings {
  google: GoogleSettings;
  /** Where a browser may return to after it granted access, by exact comparison. */
  returnUrls: readonly string[];
}

export function toIntegrationSettings(env: Environment): IntegrationSettings {
  const { GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret, APP_URL: appUrl } = env;
  const appUrls = appUrl === undefined ? [] : [appUrl, appUrl.replace(/\/+$/, '')];
  return {
    google: {
      client: id === undefined || secret === undefined ? undefined : { id, secret },
      issuer: env.GOOGLE_OAUTH_ISSUER.replace(/\/+$/, ''),
      authorizationUrl: env.GOOGLE_OAUTH_AUTH_URL,
      tokenUrl: env.GOOGLE_OAUTH_TOKEN_URL,
      revocationUrl: env.GOOGLE_OAUTH_REVOKE_URL,
      calendarUrl: env.GOOGLE_CALENDAR_BASE_URL.replace(/\/+$/, ''),
    },
    returnUrls: env.INTEGRATION_RETURN_URLS ?? appUrls,
  };
}
