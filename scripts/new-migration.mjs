// Writes an empty migration and registers it as the last one:
//   npm run migration -- add-something   ->   migrations/<timestamp>-add-something.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'migrations');

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const [name = '', ...rest] = process.argv.slice(2);
if (rest.length > 0 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  fail('The name must be words joined by dashes: npm run migration -- add-something');
}

const known = readdirSync(folder).flatMap((file) => /^(\d{13})-(.+)\.ts$/.exec(file)?.slice(1, 3) ?? []);
if (known.includes(name)) fail(`A migration with this name exists: ${name}`);

// TypeORM runs migrations in the order of their timestamps. The new one is the last, even if the clock is slow.
const stamps = known.map(Number).filter(Number.isInteger);
const timestamp = Math.max(Date.now(), ...stamps.map((stamp) => stamp + 1));
const words = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
const className = `${words.join('')}${timestamp}`;
const file = `${timestamp}-${name}.ts`;

const template = `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Changes …, because …. */
export class ${className} implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(\`
    \`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(\`
    \`);
  }
}
`;

const index = join(folder, 'index.ts');
const text = readFileSync(index, 'utf8');
const list = /(export const migrations = \[)([^\]]*?),?\s*(\];)/;
if (!list.test(text)) fail('migrations/index.ts has no list of migrations in the expected form.');
const line = `import { ${className} } from './${file.replace(/\.ts$/, '.js')}';\n`;
const afterImports = text.lastIndexOf('\nimport ') + 1;
const end = text.startsWith('import ') || afterImports > 0 ? text.indexOf('\n', afterImports) + 1 : 0;
const registered = (text.slice(0, end) + line + text.slice(end)).replace(
  list,
  (_, head, items, tail) => `${head}${items.trim() ? `${items},` : ''}\n  ${className},\n${tail}`,
);

writeFileSync(join(folder, file), template, { flag: 'wx' });
writeFileSync(index, registered);
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
spawnSync(process.execPath, [prettier, '--log-level', 'error', '--write', join(folder, file), index]);
process.stdout.write(`migrations/${file}\n`);
