export { Config, ConfigError, loadConfig, parseConfig } from './config.js';
