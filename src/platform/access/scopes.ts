/** Scopes of API keys. Clients know these names: they are added to, but never renamed or removed. */
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

/** Scopes that include others. No other `write` scope includes its `read` scope. */
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
