import { defineConfig } from 'vitepress';

const guides = [
  { text: 'Introduction', link: '/' },
  { text: 'Quickstart', link: '/quickstart' },
  { text: 'Authentication', link: '/authentication' },
  { text: 'Two-factor authentication', link: '/two-factor' },
  { text: 'Organizations and teams', link: '/organizations' },
  { text: 'Conversations', link: '/conversations' },
  { text: 'Knowledge base', link: '/knowledge-base' },
  { text: 'Xentree Live', link: '/xentree-live' },
  { text: 'Profile and analytics', link: '/profile-and-analytics' },
  { text: 'Admin statistics', link: '/admin-statistics' },
  { text: 'Xentree English', link: '/xentree-english' },
  { text: 'Webhooks', link: '/webhooks' },
  { text: 'Google Calendar', link: '/integrations' },
  { text: 'OpenAI-compatible API', link: '/openai-compatible' },
  { text: 'API keys', link: '/api-keys' },
  { text: 'Integration tokens', link: '/integration-tokens' },
  { text: 'Permissions', link: '/permissions' },
  { text: 'Errors and limits', link: '/errors-and-limits' },
];

const operating = [
  { text: 'Running the server', link: '/running' },
  { text: 'Upgrading', link: '/upgrading' },
  { text: 'Guarantees', link: '/guarantees' },
];

const contributing = [
  { text: 'Architecture', link: '/architecture' },
  { text: 'Adding a context', link: '/adding-a-context' },
];

const decisions = [
  { text: '1 Embedded PostgreSQL', link: '/adr/0001-embedded-postgresql' },
  { text: '2 A sliding-window limiter', link: '/adr/0002-sliding-window-limiter' },
  { text: '3 Refresh tokens with a counter', link: '/adr/0003-refresh-tokens' },
  { text: '4 Session cache with a lease', link: '/adr/0004-session-cache' },
  { text: '5 Idempotent responses', link: '/adr/0005-idempotent-answers' },
  { text: '6 Passport, JWT and speakeasy', link: '/adr/0006-passport-jwt-and-speakeasy' },
  { text: '7 Prepared SQL with TypeORM', link: '/adr/0007-sql-with-typeorm' },
  { text: '8 Request pipe and field decorators', link: '/adr/0008-request-pipe' },
  { text: '9 Organization access check', link: '/adr/0009-organization-access' },
  { text: '10 A thin client for language models', link: '/adr/0010-thin-model-client' },
  { text: '11 Generations belong to the server', link: '/adr/0011-generations' },
  { text: '12 Tokens are reserved', link: '/adr/0012-token-budgets' },
  { text: '13 Search without an extension', link: '/adr/0013-search' },
  { text: '14 The server is bundled', link: '/adr/0014-packed-server' },
  { text: '15 Vectors are arrays', link: '/adr/0015-vectors' },
];

// The server itself serves these pages at /docs, from the same origin as Swagger UI.
export default defineConfig({
  title: 'Xentree Server',
  description: 'Guides for client developers and operators of Xentree Server.',
  lang: 'en',
  base: '/docs/',
  cleanUrls: true,
  ignoreDeadLinks: false,
  head: [['link', { rel: 'icon', href: '/docs/icon.svg', type: 'image/svg+xml' }]],
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      {
        text: 'Guides',
        link: '/quickstart',
        activeMatch:
          '^/(quickstart|authentication|two-factor|organizations|conversations|openai-compatible|api-keys|integration|permissions|errors)',
      },
      { text: 'Operating', link: '/running', activeMatch: '^/(running|upgrading|guarantees)' },
      { text: 'API reference', link: '/api', target: '_self' },
    ],
    sidebar: [
      { text: 'Using the API', items: guides },
      { text: 'Operating', items: operating },
      { text: 'Contributing', items: contributing },
      { text: 'Decisions', items: decisions, collapsed: true },
    ],
  },
});
