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

describe('the models of the search', () => {
  const parse = (env: Record<string, string>) => parseConfig(env).retrievalModels;

  it('are not set by default', () => {
    expect(parse({})).toEqual({ embeddings: undefined, rerank: undefined });
  });

  it('have base URLs without the path of the operation', () => {
    const env = {
      EMBEDDINGS_BASE_URL: 'http://models.test:8080/v1/embeddings/',
      EMBEDDINGS_MODEL: ' bge-m3 ',
      RERANK_BASE_URL: 'https://models.test',
      RERANK_API_KEY: 'key',
    };
    expect(parse(env)).toEqual({
      embeddings: { baseUrl: 'http://models.test:8080/v1', apiKey: undefined, model: 'bge-m3' },
      rerank: { baseUrl: 'https://models.test/v1', apiKey: 'key', model: undefined },
    });
  });

  it('need an address, and embeddings a model', () => {
    expect(errorNames({ EMBEDDINGS_MODEL: 'bge-m3', RERANK_API_KEY: 'key' })).toEqual([
      'EMBEDDINGS_BASE_URL',
      'RERANK_BASE_URL',
    ]);
    expect(errorNames({ EMBEDDINGS_BASE_URL: 'https://models.test' })).toEqual(['EMBEDDINGS_MODEL']);
    expect(errorNames({ RERANK_BASE_URL: 'models.test' })).toEqual(['RERANK_BASE_URL']);
  });
});

describe('the speech providers', () => {
  const parse = (env: Record<string, string>) => parseConfig(env).speech;

  it('are not set by default', () => {
    expect(parse({})).toEqual({
      speechToText: undefined,
      textToSpeech: undefined,
      realtime: undefined,
      voice: 'alloy',
    });
  });

  it('share an address and a key', () => {
    const env = {
      SPEECH_BASE_URL: 'https://speech.test/v1/audio/speech',
      SPEECH_API_KEY: 'key',
      SPEECH_STT_MODEL: 'whisper-1',
      SPEECH_TTS_MODEL: 'tts-1',
      SPEECH_REALTIME_URL: 'wss://speech.test',
      SPEECH_REALTIME_SECONDS: '600',
    };
    const endpoint = { baseUrl: 'https://speech.test/v1', apiKey: 'key' };
    expect(parse(env)).toEqual({
      speechToText: { ...endpoint, model: 'whisper-1' },
      textToSpeech: { ...endpoint, model: 'tts-1' },
      realtime: {
        url: 'wss://speech.test/v1/realtime',
        apiKey: 'key',
        model: undefined,
        connectionSeconds: 600,
      },
      voice: 'alloy',
    });
  });

  it('need addresses and models', () => {
    expect(errorNames({ SPEECH_BASE_URL: 'https://speech.test' })).toEqual(['SPEECH_STT_MODEL']);
    expect(errorNames({ SPEECH_STT_MODEL: 'whisper-1' })).toEqual(['SPEECH_BASE_URL']);
    expect(errorNames({ SPEECH_API_KEY: 'key' })).toEqual(['SPEECH_BASE_URL']);
    expect(errorNames({ SPEECH_REALTIME_MODEL: 'gpt-realtime' })).toEqual(['SPEECH_REALTIME_URL']);
    const invalid = { SPEECH_REALTIME_URL: 'realtime.test', SPEECH_REALTIME_SECONDS: '1.5' };
    expect(errorNames(invalid)).toEqual(['SPEECH_REALTIME_SECONDS', 'SPEECH_REALTIME_URL']);
  });
});
