export { type AiSettings, Config, ConfigError, loadConfig, parseConfig } from './config.js';
export { AUTO, BUILT_IN, LOCAL, type ProviderSettings } from './ai-providers.js';
