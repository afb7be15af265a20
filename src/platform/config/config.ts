import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { orderFaults, parseProviders, type ProviderSettings } from './ai-providers.js';
import { crossFaults, environment, type Environment } from './schema.js';

export interface AiSettings {
  providers: readonly ProviderSettings[];
  /** What `auto` tries, in this order; undefined: all there are, `local` last. */
  order: readonly string[] | undefined;
  /** Milliseconds until a whole answer, or the first token of a stream, must be there. */
  answerMs: number;
  /** Milliseconds of silence between tokens. */
  stallMs: number;
  /** How many tokens may be used in a calendar month (UTC); undefined: any number. */
  monthlyTokens: Readonly<Record<'user' | 'organization' | 'key', number | undefined>>;
}

function aiSettings(env: Environment, providers: readonly ProviderSettings[]): AiSettings {
  return {
    providers,
    order: env.AI_PROVIDER_ORDER,
    answerMs: env.AI_PROVIDER_TIMEOUT_MS,
    stallMs: env.AI_STALL_TIMEOUT_MS,
    monthlyTokens: {
      user: env.AI_MONTHLY_TOKENS_PER_USER,
      organization: env.AI_MONTHLY_TOKENS_PER_ORGANIZATION,
      key: env.AI_MONTHLY_TOKENS_PER_KEY,
    },
  };
}

/** The settings of this process: parsed once, frozen, injected everywhere. Contract: decisions 13. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly databasePoolMax: number;
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  /** Where mail goes: a mail server, the development outbox, or nowhere. */
  readonly mail: 'smtp' | 'outbox' | 'off';
  readonly mailFrom: string;
  /** Set by the operator; also the token issuer then. */
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

  constructor(env: Environment, providers: readonly ProviderSettings[] = []) {
    this.production = env.NODE_ENV === 'production';
    this.host = env.HOST;
    this.port = env.PORT;
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
    this.turnstile = env.TURNSTILE_SECRET
      ? { secret: env.TURNSTILE_SECRET, verifyUrl: env.TURNSTILE_VERIFY_URL }
      : undefined;
    this.metricsToken = env.METRICS_TOKEN;
    this.bcryptCost = env.PASSWORD_BCRYPT_COST;
    this.rateLimits = env.RATE_LIMITS === 'on';
    this.logLevel = env.LOG_LEVEL;
    this.ai = aiSettings(env, providers);
    Object.freeze(this);
  }

  /** Where clients reach this server. */
  get baseUrl(): string {
    const anywhere = this.host === '0.0.0.0' || this.host === '::';
    const host = anywhere ? 'localhost' : this.host.includes(':') ? `[${this.host}]` : this.host;
    return this.publicUrl ?? `http://${host}:${this.port}`;
  }

  /** Where a link in a mail leads. */
  get linkBase(): string {
    return this.appUrl ?? this.baseUrl;
  }
}

/** Every fault of a bad environment at once, a line each. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`The environment is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** Parses an environment; empty variables count as unset. Throws a {@link ConfigError}. */
export function parseConfig(source: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  const issues = parsed.error?.issues ?? [];
  const faulty = new Set(issues.map(({ path }) => String(path[0])));
  const faults = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  // The rules between variables are judged on the sound ones, so that nothing is left for a second try.
  const sound = parsed.data ?? environment.parse(without(present, faulty));
  faults.push(...crossFaults(sound).filter((fault) => !faulty.has(fault.split(':')[0] ?? '')));
  const { providers, faults: ofProviders } = parseProviders(present);
  faults.push(...ofProviders, ...orderFaults(sound.AI_PROVIDER_ORDER, providers));
  if (faults.length > 0) throw new ConfigError(faults);
  return new Config(sound, providers);
}

function without(source: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !names.has(name)));
}

/** The environment of this process, with an optional `.env` file of the working directory under it. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
}
