export { type AuthenticatedGrant, IntegrationTokenAuthenticator } from './integration-token-authenticator.js';
export { IntegrationTokensModule } from './integration-tokens.module.js';
