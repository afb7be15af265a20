interface ApiGroupDefinition {
  name: string;
  description: string;
  /** The first paths of the group in the reference; the others follow in alphabetical order. */
  first: readonly string[];
}

/** The groups of operations, in the order of the reference. */
export const API_GROUPS = [
  {
    name: 'Authentication',
    description: 'Accounts, log-in with refresh tokens, sessions.',
    first: ['register', 'token', 'refresh', 'logout', 'me'].map((name) => `/api/auth/${name}`),
  },
  {
    name: 'Conversations',
    description:
      'Answers of language models, conversations and their messages, learning sessions, notes, search.',
    first: [
      '/api/ai/providers',
      '/api/ai/generate',
      '/api/core/conversations',
      '/api/core/conversations/{conversation_id}/messages',
      '/api/core/search',
      '/api/core/conversations/{conversation_id}',
      ...['start', 'activity', 'end', 'status'].map(
        (name) => `/api/core/conversations/{conversation_id}/session/${name}`,
      ),
      '/api/core/search/status',
      '/api/core/search/reindex',
      '/api/core/notes',
      '/api/core/notes/{note_id}',
    ],
  },
  {
    name: 'Organizations',
    description: 'Organizations, their members and teams, and their audit log.',
    first: [
      '/api/organizations',
      '/api/organizations/{org_id}',
      '/api/organizations/{org_id}/members',
      '/api/organizations/{org_id}/members/{target_user_id}',
    ],
  },
  {
    name: 'Knowledge Base',
    description: 'Documents, their text and passages, and collections of documents.',
    first: [
      '/api/rag/documents',
      '/api/rag/documents/{document_id}',
      '/api/rag/collections',
      '/api/rag/collections/{collection_id}',
    ],
  },
  {
    name: 'Xentree Live',
    description: 'Spoken sessions with an AI: their time, their quota and their transcripts.',
    first: [
      '/api/live/quota',
      ...['start', 'heartbeat', 'end'].map((name) => `/api/live/session/${name}`),
      '/api/live/nickname',
      '/api/live/transcripts',
      '/api/live/transcripts/{transcript_id}',
    ],
  },
  {
    name: 'Xentree English',
    description: 'The English course: modules, tasks, placement.',
    first: [
      '/api/xel/modules',
      '/api/xel/modules/{module_id}',
      '/api/xel/tasks/{task_id}/submit',
      '/api/xel/evaluate',
      '/api/xel/dashboard',
    ],
  },
  {
    name: 'Profile and Analytics',
    description: 'XP, streaks and quests of a learner, and their learning time.',
    first: ['profile', 'public-profile/{username}', 'streak-status', 'weekly-activity'].map(
      (name) => `/api/xp/${name}`,
    ),
  },
  {
    name: 'Admin Stats & Members',
    description:
      'What the members of an organization have learned, for its administrators and team managers.',
    first: ['/api/v1/admin/stats', '/api/v1/admin/stats/users/{user_id}'],
  },
  {
    name: 'API Keys',
    description: 'Keys of servers: each has an organization and scopes.',
    first: [],
  },
  {
    name: 'Webhooks',
    description: 'Addresses of an organization that receive its events, and their deliveries.',
    first: [
      '/api/organizations/{org_id}/webhooks',
      '/api/organizations/{org_id}/webhooks/{webhook_id}',
      '/api/organizations/{org_id}/webhooks/{webhook_id}/secret',
    ],
  },
  {
    name: 'Integration Tokens',
    description: 'Short-lived tokens for pages that embed a widget. Fields are in camelCase.',
    first: ['grant', 'verify', 'revoke', 'rotate'].map((name) => `/api/integration/${name}`),
  },
  {
    name: 'Integrations',
    description: 'Connections to services of others: the Google Calendar of the user.',
    first: [
      '/api/integrations',
      ...['start', 'callback', 'complete', 'status'].map(
        (name) => `/api/integrations/google-calendar/${name}`,
      ),
    ],
  },
  {
    name: 'OpenAI-compatible',
    description: 'Answers of language models for clients of the OpenAI API, with its fields and errors.',
    first: ['/v1/chat/completions'],
  },
  {
    name: 'XC Authentication',
    description: 'Log-in of the XC API, with the second factor as a separate step.',
    first: [
      'login',
      'verify-2fa',
      'resend-2fa',
      '2fa/setup-with-temp',
      '2fa/confirm-with-temp',
      'refresh',
      'logout',
      'logout-all',
    ].map((name) => `/api/v1/auth/${name}`),
  },
  {
    name: 'XC Two-factor authentication',
    description: 'Setup and removal of a second factor, and its verification in a session.',
    first: ['setup', 'confirm', 'disable'].map((name) => `/api/v1/auth/2fa/${name}`),
  },
  {
    name: 'XC Users',
    description: 'The own account, and the users of the primary organization.',
    first: ['/api/v1/users/me'],
  },
  { name: 'XC Organization', description: 'The primary organization of the user.', first: [] },
  { name: 'XC Invitations', description: 'Invitations to the primary organization, by e-mail.', first: [] },
  { name: 'Operations', description: 'Health checks, and the public keys of access tokens.', first: [] },
] as const satisfies readonly ApiGroupDefinition[];

export type ApiGroup = (typeof API_GROUPS)[number]['name'];

/**
 * Sorts paths by group, then by the order of the group. The order of the modules has no influence. `getGroup` returns the group
 * of the operations of a path.
 */
export function sortPaths(paths: string[], getGroup: (path: string) => string): string[] {
  const rank = (path: string): [number, number] => {
    const name = getGroup(path);
    const groups: readonly ApiGroupDefinition[] = API_GROUPS;
    const group = groups.findIndex((candidate) => candidate.name === name);
    const position = groups[group]?.first.indexOf(path) ?? -1;
    return [group, position < 0 ? Number.MAX_SAFE_INTEGER : position];
  };
  return [...paths].sort((a, b) => {
    const [[groupA, positionA], [groupB, positionB]] = [rank(a), rank(b)];
    return groupA - groupB || positionA - positionB || (a < b ? -1 : 1);
  });
}
