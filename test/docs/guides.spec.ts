import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_VARIABLES } from '@/platform/config/ai-providers.js';
import { RETRIEVAL_MODEL_VARIABLES } from '@/platform/config/retrieval-models.js';
import { environmentSchema } from '@/platform/config/schema.js';
import { SPEECH_VARIABLES } from '@/platform/config/speech-providers.js';
import { getErrorFactories } from '@/platform/errors/index.js';
import { type GuideOptions, runGuide } from '../support/guides/guide-runner.js';
import { Page, ROOT, writeFormatted } from '../support/guides/page.js';
import { SourcePage } from '../support/guides/source-page.js';

const GUIDES = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const PAGES = ['README.md', 'CONTRIBUTING.md', ...GUIDES];

/** Blocks of commands that the test does not execute: they install, build, start servers or need other programs. */
const NOT_EXECUTED = [
  'npm ci && npm start',
  'npm ci && npm test',
  // Needs the network.
  'npm run witnesses -- --shapes',
  // test/docs/quickstart.spec.ts runs it.
  'npm run quickstart -- http://127.0.0.1:3000',
  `pg_dump -Fc xentree -f xentree.dump
createdb xentree_restored
pg_restore --no-owner -d xentree_restored xentree.dump`,
  `export DATABASE_URL=postgres://xentree@db.internal/xentree APP_SECRET=… REDIS_URL=redis://cache.internal:6379
PORT=3001 node dist/server/main.mjs &
PORT=3002 node dist/server/main.mjs &`,
  // The commands of docs/adding-a-context.md; test/docs/adding-a-context.spec.ts runs its code.
  'npm run migration -- create-bookmarks',
  'npx jest bookmarks',
  `PERMISSIONS=write npx jest test/contract/permissions -t 'are those of the table'
npm run permissions
npm run openapi`,
  `npm run lint
npm run typecheck
npx jest test/contract test/docs bookmarks`,
];

/** Servers that a page needs other than the usual one. */
const SERVERS: Record<string, Partial<GuideOptions>> = {
  'README.md': { seedOperator: false },
  'docs/quickstart.md': { seedOperator: false },
  'docs/conversations.md': {
    openai: [{ text: 'Start with one goal a week.', usage: { input: 14, output: 7 } }],
    env: { AI_MONTHLY_TOKENS_PER_USER: '100000' },
  },
  'docs/integrations.md': { google: true },
  'docs/openai-compatible.md': {
    openai: [
      { text: 'Start with one goal a week.', usage: { input: 14, output: 7 } },
      { text: ['Start with one ', 'goal a week.'], usage: { input: 14, output: 7 } },
      { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}', id: 'call_9hXaK2dTq4' }] },
    ],
  },
};

// UPDATE_GUIDES=1 npx jest test/docs/guides -t conversations   writes the real responses into the page.
const update = process.env.UPDATE_GUIDES === '1';

// A page starts some twenty processes, which a busy machine runs slowly.
jest.setTimeout(120_000);

describe('the guides', () => {
  const registered = new Map<string, string>();

  it.each(PAGES)('%s: every example gives the response that is shown', async (path) => {
    const options = { notExecuted: NOT_EXECUTED, seedOperator: true, update, ...SERVERS[path] };
    const { faults, accounts } = await runGuide(path, options);
    expect(faults).toEqual([]);
    for (const name of accounts) {
      // A reader works through several pages on one server.
      expect(`${name} of ${registered.get(name) ?? path}`).toBe(`${name} of ${path}`);
      registered.set(name, path);
    }
    // Registrations per hour and network.
    expect(accounts.length).toBeLessThanOrEqual(10);
  });

  it('README.md works with the stand-in for curl, too', async () => {
    const { faults } = await runGuide('README.md', { notExecuted: NOT_EXECUTED, substituteCurl: true });
    expect(faults).toEqual([]);
  });

  it('use one kind of request block, and list only blocks that exist', () => {
    const fences = PAGES.flatMap((path) => Page.read(path).fences);
    const languages = new Set(fences.map(({ language }) => language));
    expect([...languages].filter((name) => /^(bash|shell|console|zsh|sh .*|)$/.test(name))).toEqual([]);
    const blocks = fences.filter(({ language }) => language === 'sh').map(({ text }) => text);
    expect(NOT_EXECUTED.filter((text) => !blocks.includes(text))).toEqual([]);
  });
});

describe('the paths in the guides', () => {
  it.each([...PAGES, 'CHANGELOG.md', 'findings/README.md'])('%s: lead to files that exist', (path) => {
    const page = Page.read(path);
    const created = new Set(new SourcePage(path).files.keys());
    const named = page.lines.flatMap((line) =>
      [...line.matchAll(/`((?:src|test|scripts|migrations|docs)\/[\w./-]+)`/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !created.has(name) && !existsSync(join(ROOT, name)))).toEqual([]);
  });
});

describe('the reference tables of the guides', () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const variables = [
    ...Object.keys(environmentSchema.shape),
    ...PROVIDER_VARIABLES,
    ...RETRIEVAL_MODEL_VARIABLES,
    ...SPEECH_VARIABLES,
  ].sort();

  it('name every error code with its status and message, and no other', () => {
    const path = 'docs/errors-and-limits.md';
    const row = /^\| (\d{3}) +\| `(\w+)` +\| (.*?) +\|$/gm;
    const known = new Map(
      [...getErrorFactories().values()].map(({ code, status, message, plain }) => {
        const note = code === 'generation_interrupted' ? ' (only as the last event of a stream)' : '';
        return [code, `${status} ${plain ? `“${message}” (a string)` : `${message}${note}`}`];
      }),
    );
    if (update) {
      const cells = (code: string): string => known.get(code)?.replace(' ', ` | \`${code}\` | `) ?? '';
      const text = read(path).replace(row, (_, _status, code: string) => `| ${cells(code)} |`);
      writeFormatted(path, text);
    }
    const documented = [...read(path).matchAll(row)].map(([, status, code, text]) => [
      code,
      `${status} ${text}`,
    ]);
    expect(documented.sort()).toEqual([...known].sort());
  });

  it('name every variable of the environment', () => {
    const rows = read('docs/running.md').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+)/gm);
    const documented = [...rows].flatMap(([, names = '']) => names.match(/[A-Z_]+/g) ?? []);
    expect(documented.sort()).toEqual(variables);
  });

  it('come with an example environment of all variables, whose sample secrets are refused', () => {
    const lines = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)];
    const sample = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    expect(Object.keys(sample).sort()).toEqual(variables);
    const refused = environmentSchema
      .safeParse(sample)
      .error?.issues.map(({ path }) => path[0])
      .sort();
    const secrets = ['APP_SECRET', 'APP_SECRET_PREVIOUS', 'JWT_PREVIOUS_KEY', 'JWT_PRIVATE_KEY'];
    expect(refused).toEqual([...secrets, 'METRICS_TOKEN']);
  });
});
