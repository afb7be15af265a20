import { ConfigError, parseConfig } from './index.js';

const SECRET = 'k9Qw3vTz7LmXp2RbYc8NfHd4JsGa6UeW';

const PRODUCTION_ENVIRONMENT = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://u:p@db/x',
  APP_SECRET: SECRET,
  PUBLIC_URL: 'https://api.example.com/',
  SMTP_URL: 'smtp://mail:25',
};

function errorNames(source: Record<string, string>): string[] {
  try {
    parseConfig(source);
    return [];
  } catch (error) {
    return (error as ConfigError).errors.map((fault) => fault.split(':')[0] ?? '');
  }
}

describe('the environment', () => {
  it('needs nothing for development, and takes an empty variable as unset', () => {
    const config = parseConfig({ PORT: '', DATABASE_URL: '' });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      mail: 'outbox',
      bcryptCost: 12,
    });
    expect(config.baseUrl).toBe('http://127.0.0.1:3000');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every fault at once', () => {
    const bad = {
      PORT: '99999',
      DATABASE_URL: 'mysql://x',
      CORS_ORIGINS: 'https://ok.example,*',
      RATE_LIMITS: 'maybe',
    };
    expect(errorNames(bad).sort()).toEqual(['CORS_ORIGINS.1', 'DATABASE_URL', 'PORT', 'RATE_LIMITS']);
  });

  it('accepts a complete production environment', () => {
    expect(parseConfig(PRODUCTION_ENVIRONMENT)).toMatchObject({
      production: true,
      publicUrl: 'https://api.example.com',
      mail: 'smtp',
    });
  });

  it.each(['APP_SECRET', 'PUBLIC_URL', 'SMTP_URL'])('refuses production without %s', (name) => {
    expect(errorNames({ ...PRODUCTION_ENVIRONMENT, [name]: '' })).toContain(name);
  });

  it('lets production go without mail only when told so', () => {
    expect(parseConfig({ ...PRODUCTION_ENVIRONMENT, SMTP_URL: '', MAIL: 'off' }).mail).toBe('off');
  });

  it.each(['short', 'change-me-change-me-change-me-change-me'])('refuses the secret %s', (secret) => {
    expect(errorNames({ ...PRODUCTION_ENVIRONMENT, APP_SECRET: secret })).toContain('APP_SECRET');
  });

  it('refuses production with limits off or cheap hashes', () => {
    expect(
      errorNames({ ...PRODUCTION_ENVIRONMENT, RATE_LIMITS: 'off', PASSWORD_BCRYPT_COST: '5' }).sort(),
    ).toEqual(['PASSWORD_BCRYPT_COST', 'RATE_LIMITS']);
  });

  it('requires a secret for a database of one’s own', () => {
    expect(errorNames({ DATABASE_URL: 'postgres://localhost/x' })).toEqual(['APP_SECRET']);
  });

  it('does not take the mailbox that login shells name in MAIL for a setting', () => {
    expect(parseConfig({ MAIL: '/var/mail/ada' }).mail).toBe('outbox');
    expect(() => parseConfig({ MAIL: 'maybe' })).toThrow('MAIL');
  });
});
