import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import type { runGuide } from '../support/guides/guide-runner.js';
import { ROOT } from '../support/guides/page.js';
import { countOccurrences, SourcePage } from '../support/guides/source-page.js';

// The page's files are written to a temporary folder. The application of this spec has its module and its migration,
// as if a reader had registered them.
const page = new SourcePage('docs/adding-a-context.md');
const folder = page.writeFiles();
const [createTable = '', dropTable = ''] = page.blocks('sql');

class CreateBookmarks9999999999999 {
  up = (runner: QueryRunner): Promise<unknown> => runner.query(createTable);
  down = (runner: QueryRunner): Promise<unknown> => runner.query(dropTable);
}

interface AppModuleFile {
  AppModule: { forRoot: (dependencies: never) => DynamicModule };
}

jest.doMock('@migrations/index.js', () => {
  const { migrations } = jest.requireActual<{ migrations: Type[] }>('@migrations/index.js');
  return { migrations: [...migrations, CreateBookmarks9999999999999] };
});

jest.doMock('@/app.module.js', () => {
  const { AppModule } = jest.requireActual<AppModuleFile>('@/app.module.js');
  const { BookmarksModule } = load<{ BookmarksModule: Type }>('src/modules/bookmarks/index.ts');
  const forRoot = (dependencies: never): DynamicModule => {
    const app = AppModule.forRoot(dependencies);
    return { ...app, imports: [...(app.imports ?? []), BookmarksModule] };
  };
  return { AppModule: { forRoot } };
});

function load<File extends object>(path: string): File {
  return jest.requireActual<File>(join(folder, path));
}

/** The problems that compiler, lint and formatter find in the files of the page. */
function findProblems(sources: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, 'test/support/guides/check-code.mjs')], { cwd: ROOT });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.stdin.end(JSON.stringify(sources));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve(status === 0 ? output : `${output}${status}`));
  });
}

// Compiler and lint take several seconds, on a busy machine a minute.
jest.setTimeout(120_000);

describe('the page about adding a context', () => {
  const code = [...page.files].filter(([path]) => path.endsWith('.ts'));
  const problems = findProblems(Object.fromEntries(code));

  afterAll(() => rmSync(folder, { recursive: true }));

  it('shows code without problems of types, lint and format', async () => {
    expect(code.length).toBeGreaterThan(9);
    expect(await problems).toBe('');
  });

  it('changes lines that exist once in the file', () => {
    const counts = page.changes.map((change) => [change.path, change.before, countOccurrences(change)]);
    expect(counts.length).toBeGreaterThan(4);
    expect(counts.filter(([, , count]) => count !== 1)).toEqual([]);
  });

  it('shows a guide whose examples give the responses that are shown', async () => {
    const runner = jest.requireActual<{ runGuide: typeof runGuide }>('../support/guides/guide-runner.js');
    const path = relative(ROOT, join(folder, 'docs/bookmarks.md'));
    expect((await runner.runGuide(path, { notExecuted: [] })).faults).toEqual([]);
  });

  // Their tests are part of this spec.
  for (const path of page.files.keys()) if (path.endsWith('.spec.ts')) load(path);
});
