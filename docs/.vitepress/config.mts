import { defineConfig } from 'vitepress';

const guides = [
  { text: 'Introduction', link: '/' },
  { text: 'Quickstart', link: '/quickstart' },
  { text: 'Authentication', link: '/authentication' },
  { text: 'Two-factor authentication', link: '/two-factor' },
  { text: 'Organizations and teams', link: '/organizations' },
  { text: 'Conversations', link: '/conversations' },
  { text: 'API keys', link: '/api-keys' },
  { text: 'Integration tokens', link: '/integration-tokens' },
  { text: 'Permissions', link: '/permissions' },
  { text: 'Errors and limits', link: '/errors-and-limits' },
];

const operating = [
  { text: 'Running it', link: '/running' },
  { text: 'Guarantees', link: '/guarantees' },
];

const decisions = [
  { text: '1 Embedded PostgreSQL', link: '/adr/0001-embedded-postgresql' },
  { text: '2 Rate limiter of our own', link: '/adr/0002-sliding-window-limiter' },
  { text: '3 Refresh tokens with a counter', link: '/adr/0003-refresh-tokens' },
  { text: '4 Session cache under a lease', link: '/adr/0004-session-cache' },
  { text: '5 Idempotent answers', link: '/adr/0005-idempotent-answers' },
  { text: '6 passport-jwt and speakeasy', link: '/adr/0006-passport-jwt-and-speakeasy' },
  { text: '7 SQL beside TypeORM', link: '/adr/0007-sql-beside-typeorm' },
  { text: '8 Request pipe and fields', link: '/adr/0008-request-pipe' },
  { text: '9 The gate', link: '/adr/0009-the-gate' },
  { text: '10 A thin client to language models', link: '/adr/0010-thin-model-client' },
  { text: '11 Generations belong to the server', link: '/adr/0011-generations' },
  { text: '12 Tokens are set aside', link: '/adr/0012-token-budgets' },
  { text: '13 Search without an extension', link: '/adr/0013-search' },
  { text: '14 The server is packed', link: '/adr/0014-packed-server' },
];

// Served by the application itself at /docs, beside Swagger UI: everything comes from the same origin.
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
          '^/(quickstart|authentication|two-factor|organizations|conversations|api-keys|integration|permissions|errors)',
      },
      { text: 'Operating', link: '/running', activeMatch: '^/(running|guarantees)' },
      { text: 'API reference', link: '/api', target: '_self' },
    ],
    sidebar: [
      { text: 'Using the API', items: guides },
      { text: 'Operating', items: operating },
      { text: 'Design', items: [{ text: 'Architecture', link: '/architecture' }] },
      { text: 'Decisions', items: decisions, collapsed: true },
    ],
  },
});
