export { IntegrationTokensModule } from './integration-tokens.module.js';
