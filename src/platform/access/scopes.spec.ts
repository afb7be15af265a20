import { hasScope, isReadScope, type Scope, SCOPES } from './scopes.js';

/** What else a granted scope opens; every other scope opens itself alone. */
const IMPLIED: Partial<Record<Scope, Scope[]>> = {
  'api:write': ['api:read'],
  'api:admin': ['api:read', 'api:write'],
};

describe('a scope of an API key', () => {
  it.each(SCOPES)('%s opens what the table says and nothing else', (granted) => {
    const opened = SCOPES.filter((required) => hasScope([granted], required));
    expect(opened).toEqual(SCOPES.filter((scope) => scope === granted || IMPLIED[granted]?.includes(scope)));
  });

  it('opens nothing when there is none', () => {
    expect(SCOPES.filter((required) => hasScope([], required))).toEqual([]);
  });

  it('is looked for among all that were granted', () => {
    const granted: Scope[] = ['rag:write', 'api:write', 'live:read'];
    expect(SCOPES.filter((required) => hasScope(granted, required))).toEqual([
      'rag:write',
      'live:read',
      'api:read',
      'api:write',
    ]);
  });

  it('only reads when it says so', () => {
    expect(SCOPES.filter(isReadScope)).toEqual([
      'conversations:read',
      'rag:read',
      'quiz:read',
      'live:read',
      'organizations:read',
      'integrations:read',
      'xel:read',
      'api:read',
    ]);
  });
});
