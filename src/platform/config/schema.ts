import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import * as z from 'zod';

const MIB = 1024 * 1024;

/** Parts of sample secrets, which are refused. */
const SAMPLE_SECRETS = ['change-me', 'changeme', 'example', 'secret', 'replace-with'];

const url = (protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const secret = z
  .string()
  .min(32, 'must have at least 32 characters')
  .refine((value) => !SAMPLE_SECRETS.some((sample) => value.toLowerCase().includes(sample)), {
    message: 'is a sample value: generate a secret, for example with `openssl rand -base64 48`',
  });

const origin = z.string().refine((value) => URL.canParse(value) && new URL(value).origin === value, {
  message: 'must be a list of exact origins such as https://app.example.com',
});

/** Returns whether the text is an IP address or a range in CIDR notation. */
function isNetwork(item: string): boolean {
  const [address = '', prefix, ...rest] = item.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    bits > 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

const proxies = z.union([
  z.coerce.number().int().min(1).max(10),
  list.refine((items) => items.every(isNetwork), {
    message: 'must be a number of hops or a list of addresses and CIDR ranges',
  }),
]);

/** A key for RS256 or ES256. A wrong key stops the start of the server instead of the first login. */
const pemKey = (parse: (text: string) => KeyObject) =>
  z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine((text) => isSupportedTokenKey(text, parse), {
      message: 'must be a PEM key: RSA of at least 2048 bits, or EC on P-256',
    });

function isSupportedTokenKey(text: string, parse: (text: string) => KeyObject): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails: details = {} } = parse(text);
    if (asymmetricKeyType === 'rsa') return (details.modulusLength ?? 0) >= 2048;
    return asymmetricKeyType === 'ec' && details.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

const bytes = (max: number) => z.coerce.number().int().min(1).max(max);

const tokenLimit = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Ignores a path: login shells set `MAIL` to the path of the user's mailbox. */
function ignoreMailboxPath(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('/') ? undefined : value;
}

const PLAN_LIMIT = /^([a-z][a-z0-9_-]{0,31})=(\d{1,9}|unlimited)$/;

/** Seconds of live sessions in a month by plan, `free=1800,pro=18000`; null: unlimited. */
const livePlans = list
  .refine((items) => items.every((item) => PLAN_LIMIT.test(item)), {
    message: 'must be a list of plans with seconds, such as free=1800,enterprise=unlimited',
  })
  .transform((items) => {
    const limits = items.map((item): [string, number | null] => {
      const [, plan = '', seconds] = PLAN_LIMIT.exec(item) ?? [];
      return [plan, seconds === 'unlimited' ? null : Number(seconds)];
    });
    return Object.fromEntries(limits);
  })
  .refine((plans) => 'free' in plans, { message: 'must have the plan free' });

const proxyUrl = url(['http:', 'https:']);

const webUrl = url(['http:', 'https:']);

/** Where a browser may return to: a page, or an app with a scheme of its own. */
const returnUrl = z
  .string()
  .refine((value) => URL.canParse(value) && !['javascript:', 'data:'].includes(new URL(value).protocol), {
    message: 'must be a list of exact URLs such as https://app.example.com/calendar',
  });

export const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(4).max(500).default(20),
  DATA_DIR: z.string().default('./.data'),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  MAIL: z.preprocess(ignoreMailboxPath, z.enum(['on', 'off']).default('on')),
  MAIL_FROM: z.string().default('Xentree <no-reply@localhost>'),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  APP_URL: url(['http:', 'https:']).optional(),
  APP_SECRET: secret.optional(),
  APP_SECRET_PREVIOUS: secret.optional(),
  JWT_PRIVATE_KEY: pemKey(createPrivateKey).optional(),
  JWT_PREVIOUS_KEY: pemKey(createPublicKey).optional(),
  TRUST_PROXY: proxies.optional(),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  ADMIN_EMAILS: list.pipe(z.array(z.email().toLowerCase())).default([]),
  REGISTRATION: z.enum(['open', 'invite', 'closed']).default('open'),
  TURNSTILE_SECRET: z.string().optional(),
  TURNSTILE_VERIFY_URL: url(['http:', 'https:']).default(
    'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  ),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  PASSWORD_BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(12),
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  AI_PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(10).max(600_000).default(60_000),
  AI_STALL_TIMEOUT_MS: z.coerce.number().int().min(10).max(600_000).default(20_000),
  AI_PROVIDER_ORDER: list.optional(),
  AI_MONTHLY_TOKENS_PER_USER: tokenLimit.optional(),
  AI_MONTHLY_TOKENS_PER_ORGANIZATION: tokenLimit.optional(),
  AI_MONTHLY_TOKENS_PER_KEY: tokenLimit.optional(),
  AI_SHOW_REASONING: z.enum(['on', 'off']).default('off'),
  RAG_MAX_FILE_BYTES: bytes(200 * MIB).default(20 * MIB),
  RAG_MAX_BYTES_PER_USER: bytes(Number.MAX_SAFE_INTEGER).default(1024 * MIB),
  RAG_MAX_BYTES_PER_ORGANIZATION: bytes(Number.MAX_SAFE_INTEGER).default(10 * 1024 * MIB),
  LIVE_PLANS: livePlans.default({ free: 1_800, pro: 18_000, enterprise: null }),
  LIVE_MAX_SESSIONS_PER_ORGANIZATION: z.coerce.number().int().min(1).max(100_000).default(20),
  LIVE_IDLE_SECONDS: z.coerce.number().int().min(5).max(86_400).default(120),
  XEL_CALIBRATION_FILE: z.string().optional(),
  WEBHOOKS_ALLOW_PRIVATE: z.enum(['on', 'off']).default('off'),
  OLLAMA_MAX_CONTEXT: z.coerce.number().int().min(2_048).max(10_000_000).default(32_768),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_OAUTH_ISSUER: webUrl.default('https://accounts.google.com'),
  GOOGLE_OAUTH_AUTH_URL: webUrl.default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_OAUTH_TOKEN_URL: webUrl.default('https://oauth2.googleapis.com/token'),
  GOOGLE_OAUTH_REVOKE_URL: webUrl.default('https://oauth2.googleapis.com/revoke'),
  GOOGLE_CALENDAR_BASE_URL: webUrl.default('https://www.googleapis.com/calendar/v3'),
  INTEGRATION_RETURN_URLS: list.pipe(z.array(returnUrl)).optional(),
  HTTP_PROXY: proxyUrl.optional(),
  HTTPS_PROXY: proxyUrl.optional(),
  NO_PROXY: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Environment = z.infer<typeof environmentSchema>;

/** Returns the errors in combinations of variables. */
export function validateCombinations(env: Environment): string[] {
  const errors: string[] = [];
  const production = env.NODE_ENV === 'production';
  if ((production || env.DATABASE_URL) && !env.APP_SECRET) {
    errors.push('APP_SECRET: is required with DATABASE_URL and in production');
  }
  if (production && !env.PUBLIC_URL) errors.push('PUBLIC_URL: is required in production');
  if (production && !env.SMTP_URL && env.MAIL !== 'off') {
    errors.push('SMTP_URL: is required in production, unless MAIL=off');
  }
  if ((env.GOOGLE_CLIENT_ID === undefined) !== (env.GOOGLE_CLIENT_SECRET === undefined)) {
    errors.push('GOOGLE_CLIENT_ID: is required with GOOGLE_CLIENT_SECRET, and the other way round');
  }
  if (production && env.RATE_LIMITS === 'off') {
    errors.push('RATE_LIMITS: cannot be switched off in production');
  }
  if (production && env.PASSWORD_BCRYPT_COST < 10) {
    errors.push('PASSWORD_BCRYPT_COST: must be at least 10 in production');
  }
  return errors;
}
