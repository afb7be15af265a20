import { parseConfig } from './config.js';

function baseUrlOf(variable: string, value: string, others: Record<string, string> = {}): string | undefined {
  return parseConfig({ [variable]: value, ...others }).ai.providers[0]?.baseUrl;
}

const COMPATIBLE = 'OPENAI_COMPATIBLE_X_BASE_URL';

describe('the base URL of a provider', () => {
  it.each([
    ['http://localhost:8000', 'http://localhost:8000/v1'],
    [' http://localhost:8000/ ', 'http://localhost:8000/v1'],
    ['https://api.test/openai/v1/', 'https://api.test/openai/v1'],
    ['https://api.test/v1/chat/completions', 'https://api.test/v1'],
    ['https://api.test/v1/models/', 'https://api.test/v1'],
    ['https://api.test/chat/completions', 'https://api.test/v1'],
    [
      'https://a.test/openai/deployments/gpt?api-version=1',
      'https://a.test/openai/deployments/gpt?api-version=1',
    ],
    ['https://us%40er:secret@api.test/v1', 'https://us%40er:secret@api.test/v1'],
  ])('of an OpenAI-compatible endpoint %s is %s', (value, expected) => {
    expect(baseUrlOf(COMPATIBLE, value)).toBe(expected);
  });

  it.each([
    ['OLLAMA_BASE_URL', 'http://localhost:11434/api/chat', 'http://localhost:11434'],
    ['OLLAMA_BASE_URL', 'http://localhost:11434/v1', 'http://localhost:11434/v1'],
    ['ANTHROPIC_BASE_URL', 'https://api.test/v1/messages', 'https://api.test/v1'],
    ['GOOGLE_GENERATIVE_AI_BASE_URL', 'https://api.test/v1beta/models', 'https://api.test/v1beta'],
  ])('%s=%s is %s', (variable, value, expected) => {
    const keys = { ANTHROPIC_API_KEY: 'k', GOOGLE_GENERATIVE_AI_API_KEY: 'k' };
    const name = variable.replace('_BASE_URL', '_API_KEY') as keyof typeof keys;
    expect(baseUrlOf(variable, value, name in keys ? { [name]: keys[name] } : {})).toBe(expected);
  });

  it.each([
    ['https://api.test/v1#x', {}],
    ['ftp://api.test', {}],
    ['api.test', {}],
    ['https://user:secret@api.test/v1', { OPENAI_COMPATIBLE_X_API_KEY: 'k' }],
    ['https://:secret@api.test/v1', {}],
    ['https://user:sec%ret@api.test/v1', {}],
  ])('%s is refused at start, without its text', (value, others) => {
    const parse = (): unknown => baseUrlOf(COMPATIBLE, value, others);
    expect(parse).toThrow(COMPATIBLE);
    expect(parse).not.toThrow(/secret/);
  });
});

describe('the API key of a provider', () => {
  it('is trimmed', () => {
    const { providers } = parseConfig({
      OPENAI_API_KEY: ' sk-1\n',
      OLLAMA_BASE_URL: 'http://o',
      OLLAMA_API_KEY: 'k\t',
    }).ai;
    expect(providers.map(({ apiKey }) => apiKey)).toEqual(['sk-1', 'k']);
  });

  it.each(['two words', 'two\nlines', 'sk-ключ', 'sk-\u200b1'])('%j is refused at start', (key) => {
    expect(() => parseConfig({ OPENAI_API_KEY: key })).toThrow('OPENAI_API_KEY');
    expect(() => parseConfig({ OPENAI_API_KEY: key })).not.toThrow(key);
  });
});

describe('the models of Ollama', () => {
  const modelsOf = (value: string): unknown =>
    parseConfig({ OLLAMA_BASE_URL: 'http://o', OLLAMA_MODELS: value }).ai.providers[0]?.models;

  it('may be configured; a folder is the variable of Ollama itself', () => {
    expect(modelsOf('qwen3:8b, hf.co/a/b')).toEqual(['qwen3:8b', 'hf.co/a/b']);
    for (const folder of ['/root/.ollama/models', '~/models', 'C:\\models', 'D:/models'])
      expect(modelsOf(folder)).toEqual([]);
  });
});

describe('the proxies', () => {
  it('have the names that other programs use, in upper and lower case', () => {
    const env = {
      HTTPS_PROXY: 'http://a:1',
      http_proxy: 'http://b:2',
      HTTP_PROXY: 'http://c:3',
      no_proxy: 'x',
    };
    expect(parseConfig(env).ai.proxies).toEqual({
      httpProxy: 'http://b:2',
      httpsProxy: 'http://a:1',
      noProxy: 'x',
    });
    expect(() => parseConfig({ HTTP_PROXY: 'proxy:3128' })).toThrow('HTTP_PROXY');
  });
});
