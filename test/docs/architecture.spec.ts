import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/guides/page.js';

const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').replace(/^```.*?^```$/gms, '');
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, 'src', path), 'utf8') }));

function namesIn(text = ''): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Returns the names in the first two cells of each row of the table with these headings. */
function tableUnder(...headings: [string, string]): [string, string[]][] {
  const lines = page.split('\n');
  const isHeading = (line: string): boolean =>
    headings.every((name, i) => line.split('|')[i + 1]?.trim() === name);
  const first = lines.findIndex(isHeading) + 2;
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first, end).map((line) => {
    const [, key, value] = line.split('|');
    return [namesIn(key)[0] ?? '', namesIn(value)];
  });
}

function foldersIn(path: string): string[] {
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function moduleOf(path: string): string {
  return /^modules\/([^/]+)/.exec(path)?.[1] ?? 'platform';
}

describe('the page about the architecture', () => {
  const modules = foldersIn('src/modules');

  it.each([
    ['platform', 'part'],
    ['modules', 'module'],
  ])('describes each folder of src/%s', (path, heading) => {
    const described = tableUnder(heading, 'content').map(([name]) => name);
    expect(described.sort()).toEqual(foldersIn(`src/${path}`).sort());
  });

  it('lists which module imports which, each only modules without a way back', () => {
    const found = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/from '(?:@\/modules|(?:\.\.\/)+)\/?([\w-]+)\/index\.js'/g)]
        .map(([, name = '']) => ({ importer: moduleOf(path), name }))
        .filter(
          ({ importer, name }) => importer !== 'platform' && name !== importer && modules.includes(name),
        )
        .map(({ importer, name }) => `${importer} imports ${name}`),
    );
    const imports = new Map(tableUnder('module', 'imports'));
    const listed = [...imports].flatMap(([importer, names]) =>
      names.map((name) => `${importer} imports ${name}`),
    );
    expect([...new Set(found)].sort()).toEqual(listed.sort());
    const reachable = (name: string): string[] =>
      (imports.get(name) ?? []).flatMap((next) => [next, ...reachable(next)]);
    for (const name of modules) expect(reachable(name)).not.toContain(name);
  });

  it('names only classes and functions that exist', () => {
    const names = namesIn(page).flatMap((code) => /^@?([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b/.exec(code)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(20);
    const isDeclared = (name: string): boolean =>
      sources.some(({ text }) => new RegExp(`\\b(class|function|const|interface) ${name}\\b`).test(text));
    expect(names.filter((name) => !isDeclared(name))).toEqual([]);
  });

  it('assigns every table to the module that has its rows', () => {
    const migrations = readdirSync(join(ROOT, 'migrations')).map((name) =>
      readFileSync(join(ROOT, 'migrations', name), 'utf8'),
    );
    const created = migrations.flatMap((text) =>
      [...text.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name),
    );
    const owned = tableUnder('module', 'its tables');
    expect(owned.flatMap(([, tables]) => tables).sort()).toEqual(created.sort());
    const entities = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/@Entity\('(\w+)'/g)].map(([, table = '']) => `${moduleOf(path)} ${table}`),
    );
    const pairs = owned.flatMap(([name, tables]) => tables.map((table) => `${name} ${table}`));
    expect(entities.filter((entity) => !pairs.includes(entity))).toEqual([]);
  });

  it('lists every module that names a table of another module in its SQL', () => {
    const owners = new Map(
      tableUnder('module', 'its tables').flatMap(([name, tables]) => tables.map((table) => [table, name])),
    );
    const found = sources.flatMap(({ path, text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return [...code.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+([a-z_]+)\b/g)]
        .filter(([, table = '']) => owners.has(table) && owners.get(table) !== moduleOf(path))
        .map(([, table]) => `${moduleOf(path)} reads ${table}`);
    });
    const listed = tableUnder('module', 'reads').flatMap(([name, tables]) =>
      tables.map((table) => `${name} reads ${table}`),
    );
    expect([...new Set(found)].sort()).toEqual(listed.sort());
  });
});
