export { type AiSettings, Config, ConfigError, loadConfig, parseConfig } from './config.js';
export type { ModelEndpointSettings, RetrievalModelSettings } from './retrieval-models.js';
export { AUTO_PROVIDER, BUILT_IN_PROVIDERS, LOCAL_PROVIDER, type ProviderSettings } from './ai-providers.js';
export type { RealtimeSettings, SpeechSettings } from './speech-providers.js';
export type { LiveSettings } from './live-settings.js';
export type { GoogleSettings, IntegrationSettings } from './integrations.js';
