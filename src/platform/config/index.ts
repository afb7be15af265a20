export { type AiSettings, Config, ConfigError, loadConfig, parseConfig } from './config.js';
export { AUTO_PROVIDER, BUILT_IN_PROVIDERS, LOCAL_PROVIDER, type ProviderSettings } from './ai-providers.js';
