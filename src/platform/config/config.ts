import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { validateProviderOrder, parseProviders, type ProviderSettings } from './ai-providers.js';
import { type IntegrationSettings, toIntegrationSettings } from './integrations.js';
import { type LiveSettings, toLiveSettings } from './live-settings.js';
import { parseRetrievalModels, type RetrievalModelSettings } from './retrieval-models.js';
import { validateCombinations, environmentSchema, type Environment } from './schema.js';
import { NO_SPEECH, parseSpeechProviders, type SpeechSettings } from './speech-providers.js';
import { findMisspeltVariables, type UnknownVariable } from './unknown-variables.js';

export interface AiSettings {
  providers: readonly ProviderSettings[];
  /** Providers that `auto` tries, in this order; undefined: all configured ones, `local` last. */
  order: readonly string[] | undefined;
  /** Milliseconds until the whole answer, or the first token of a stream, must arrive. */
  answerTimeoutMs: number;
  /** Milliseconds without a new token after which a stream is aborted. */
  stallTimeoutMs: number;
  /** Token limits for a calendar month (UTC); undefined: no limit. */
  monthlyTokens: Readonly<Record<'user' | 'organization' | 'key', number | undefined>>;
  /** Whether answers have the thinking of the model. */
  showReasoning: boolean;
  /** The largest context that is requested from Ollama, in tokens. */
  ollamaMaxContext: number;
  /** The proxies between this server and the providers. */
  proxies: Readonly<Record<'httpProxy' | 'httpsProxy' | 'noProxy', string | undefined>>;
}

function toAiSettings(env: Environment, providers: readonly ProviderSettings[]): AiSettings {
  return {
    providers,
    order: env.AI_PROVIDER_ORDER,
    answerTimeoutMs: env.AI_PROVIDER_TIMEOUT_MS,
    stallTimeoutMs: env.AI_STALL_TIMEOUT_MS,
    monthlyTokens: {
      user: env.AI_MONTHLY_TOKENS_PER_USER,
      organization: env.AI_MONTHLY_TOKENS_PER_ORGANIZATION,
      key: env.AI_MONTHLY_TOKENS_PER_KEY,
    },
    showReasoning: env.AI_SHOW_REASONING === 'on',
    ollamaMaxContext: env.OLLAMA_MAX_CONTEXT,
    proxies: { httpProxy: env.HTTP_PROXY, httpsProxy: env.HTTPS_PROXY, noProxy: env.NO_PROXY },
  };
}

/** Limits of uploaded documents, in bytes. */
export interface RagSettings {
  maxFileBytes: number;
  maxBytesPerUser: number;
  maxBytesPerOrganization: number;
}

function toRagSettings(env: Environment): RagSettings {
  return {
    maxFileBytes: env.RAG_MAX_FILE_BYTES,
    maxBytesPerUser: env.RAG_MAX_BYTES_PER_USER,
    maxBytesPerOrganization: env.RAG_MAX_BYTES_PER_ORGANIZATION,
  };
}

function toTurnstileSettings(env: Environment): { secret: string; verifyUrl: string } | undefined {
  const { TURNSTILE_SECRET: secret, TURNSTILE_VERIFY_URL: verifyUrl } = env;
  return secret ? { secret, verifyUrl } : undefined;
}

export interface WebhookSettings {
  /** Whether webhooks can have addresses of private networks. */
  allowPrivate: boolean;
}

/** Validated settings of this process, frozen. They come from the environment only and do not change while it runs. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly databasePoolMax: number;
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  /** `smtp`: mail is sent. `outbox`: mail is stored in the development outbox. `off`: no mail. */
  readonly mail: 'smtp' | 'outbox' | 'off';
  readonly mailFrom: string;
  /** `PUBLIC_URL`, without a trailing slash. When set, it is also the issuer of tokens. */
  readonly publicUrl: string | undefined;
  readonly appUrl: string | undefined;
  readonly appSecret: string | undefined;
  readonly appSecretPrevious: string | undefined;
  readonly jwtPrivateKey: string | undefined;
  readonly jwtPreviousKey: string | undefined;
  readonly trustProxy: number | string[] | undefined;
  readonly corsOrigins: readonly string[];
  readonly adminEmails: readonly string[];
  readonly registration: 'open' | 'invite' | 'closed';
  readonly turnstile: { secret: string; verifyUrl: string } | undefined;
  readonly metricsToken: string | undefined;
  readonly bcryptCost: number;
  readonly rateLimits: boolean;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly ai: AiSettings;
  readonly rag: RagSettings;
  readonly live: LiveSettings;
  readonly webhooks: WebhookSettings;
  declare readonly retrievalModels: RetrievalModelSettings;
  declare readonly speech: SpeechSettings;
  readonly integrations: IntegrationSettings;
  /** The path of a calibration of the evaluations of Xentree English. */
  readonly xelCalibrationFile: string | undefined;
  /** Variables that are probably meant as settings. */
  declare readonly misspeltVariables: readonly UnknownVariable[];

  constructor(
    env: Environment,
    providers: readonly ProviderSettings[] = [],
    misspeltVariables: readonly UnknownVariable[] = [],
    retrievalModels: RetrievalModelSettings = { embeddings: undefined, rerank: undefined },
    speech: SpeechSettings = NO_SPEECH,
  ) {
    this.production = env.NODE_ENV === 'production';
    [this.host, this.port] = [env.HOST, env.PORT];
    this.databaseUrl = env.DATABASE_URL;
    this.databasePoolMax = env.DATABASE_POOL_MAX;
    this.dataDir = resolve(env.DATA_DIR);
    this.redisUrl = env.REDIS_URL;
    this.smtpUrl = env.SMTP_URL;
    this.mail = env.MAIL === 'off' ? 'off' : env.SMTP_URL ? 'smtp' : 'outbox';
    this.mailFrom = env.MAIL_FROM;
    this.publicUrl = env.PUBLIC_URL?.replace(/\/+$/, '');
    this.appUrl = env.APP_URL?.replace(/\/+$/, '');
    this.appSecret = env.APP_SECRET;
    this.appSecretPrevious = env.APP_SECRET_PREVIOUS;
    this.jwtPrivateKey = env.JWT_PRIVATE_KEY;
    this.jwtPreviousKey = env.JWT_PREVIOUS_KEY;
    this.trustProxy = env.TRUST_PROXY;
    this.corsOrigins = env.CORS_ORIGINS;
    this.adminEmails = env.ADMIN_EMAILS;
    this.registration = env.REGISTRATION;
    this.turnstile = toTurnstileSettings(env);
    this.metricsToken = env.METRICS_TOKEN;
    this.bcryptCost = env.PASSWORD_BCRYPT_COST;
    this.rateLimits = env.RATE_LIMITS === 'on';
    this.logLevel = env.LOG_LEVEL;
    this.ai = toAiSettings(env, providers);
    this.rag = toRagSettings(env);
    this.live = toLiveSettings(env);
    this.webhooks = { allowPrivate: env.WEBHOOKS_ALLOW_PRIVATE === 'on' };
    this.integrations = toIntegrationSettings(env);
    this.xelCalibrationFile = env.XEL_CALIBRATION_FILE;
    Object.assign(this, { retrievalModels, speech, misspeltVariables });
    Object.freeze(this);
  }

  /** URL at which clients reach this server. */
  get baseUrl(): string {
    const listensOnAllInterfaces = this.host === '0.0.0.0' || this.host === '::';
    const host = listensOnAllInterfaces
      ? 'localhost'
      : this.host.includes(':')
        ? `[${this.host}]`
        : this.host;
    return this.publicUrl ?? `http://${host}:${this.port}`;
  }

  /** Path of `PUBLIC_URL` without a trailing slash: a proxy removes it from requests. Empty without one. */
  get basePath(): string {
    return this.publicUrl === undefined ? '' : new URL(this.publicUrl).pathname.replace(/\/+$/, '');
  }

  /** Base URL of links in mails. */
  get linkBaseUrl(): string {
    return this.appUrl ?? this.baseUrl;
  }
}

/** Lists all errors of an invalid environment, one line each. */
export class ConfigError extends Error {
  constructor(readonly errors: string[]) {
    super(`The environment is not valid:\n${errors.map((error) => `  ${error}`).join('\n')}`);
  }
}

/** Parses environment variables; empty ones count as unset. Throws a {@link ConfigError}. */
export function parseConfig(environmentVariables: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(
    Object.entries(withProxyVariables(environmentVariables)).filter(([, value]) => value !== ''),
  );
  const parsed = environmentSchema.safeParse(present);
  const issues = parsed.error?.issues ?? [];
  const invalidNames = new Set(issues.map(({ path }) => String(path[0])));
  const errors = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  // Combinations of valid variables are checked as well, so one attempt reports every error.
  const validValues = parsed.data ?? environmentSchema.parse(omit(present, invalidNames));
  errors.push(
    ...validateCombinations(validValues).filter((error) => !invalidNames.has(error.split(':')[0] ?? '')),
  );
  const { providers, errors: providerErrors } = parseProviders(present);
  const { retrievalModels, errors: modelErrors } = parseRetrievalModels(present);
  errors.push(...providerErrors, ...validateProviderOrder(validValues.AI_PROVIDER_ORDER, providers));
  const { speech, errors: speechErrors } = parseSpeechProviders(present);
  errors.push(...modelErrors, ...speechErrors);
  if (errors.length > 0) throw new ConfigError(errors);
  return new Config(validValues, providers, findMisspeltVariables(present), retrievalModels, speech);
}

/** The lower-case names of the proxy variables take precedence, as in curl. */
function withProxyVariables(source: Record<string, string | undefined>): Record<string, string | undefined> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const proxies = names.map((name) => [name, source[name.toLowerCase()] || source[name]] as const);
  return { ...source, ...Object.fromEntries(proxies) };
}

function omit(source: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !names.has(name)));
}

/** Reads the environment of this process. Variables that are not set are read from `.env` in the working directory. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
}
