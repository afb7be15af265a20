/** What an API key can be allowed to do. Contract: `xentree.md` 2.3. */
export const SCOPES = [
  'conversations:read',
  'conversations:write',
  'rag:read',
  'rag:write',
  'quiz:read',
  'quiz:write',
  'live:read',
  'live:write',
  'organizations:read',
  'organizations:write',
  'integrations:read',
  'integrations:write',
  'xel:read',
  'xel:write',
  'api:read',
  'api:write',
  'api:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** The only scopes that bring others with them: `x:write` does not bring `x:read`. */
const IMPLIED_SCOPES: Partial<Record<Scope, readonly Scope[]>> = {
  'api:admin': ['api:write', 'api:read'],
  'api:write': ['api:read'],
};

export function hasScope(granted: readonly Scope[], required: Scope): boolean {
  return granted.some((scope) => scope === required || IMPLIED_SCOPES[scope]?.includes(required));
}

export function isReadScope(scope: Scope): boolean {
  return scope.endsWith(':read');
}
