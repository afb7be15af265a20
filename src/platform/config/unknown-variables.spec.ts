import { findMisspeltVariables } from './unknown-variables.js';

describe('misspelt variables', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['ADMIN_EMAIL', 'ADMIN_EMAILS'],
    ['cors_origins', 'CORS_ORIGINS'],
    ['ANTROPIC_API_KEY', 'ANTHROPIC_API_KEY'],
    ['PORTS', 'PORT'],
  ])('%s is nearly %s', (name, nearest) => {
    expect(findMisspeltVariables({ [name]: 'x' })).toEqual([{ name, nearest }]);
  });

  it.each([
    'CORS_ORIGINS',
    'OPENAI_MODELS',
    'OPENAI_COMPATIBLE_ACME_BASE_URL',
    'HOSTNAME',
    'PATH',
    'PWD',
    'LOGNAME',
  ])('%s is none', (name) => {
    expect(findMisspeltVariables({ [name]: 'x' })).toEqual([]);
  });
});
