// Jest on Node 20 cannot require ES modules, and Nest 12 ships nothing else, while part of its ecosystem is
// CommonJS. So everything is compiled to CommonJS in tests: our sources and every ESM-only package found.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

function esmPackages(folder, found = new Set()) {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    if (name.startsWith('@')) {
      esmPackages(path, found);
      continue;
    }
    const manifest = join(path, 'package.json');
    if (existsSync(manifest)) {
      const { type, module, main } = JSON.parse(readFileSync(manifest, 'utf8'));
      if (type === 'module' || (module && !main)) {
        found.add(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
      }
    }
    if (existsSync(join(path, 'node_modules'))) esmPackages(join(path, 'node_modules'), found);
  }
  return found;
}

const compiled = [...esmPackages(join(root, 'node_modules')), '@fastify/cookie'];
const escaped = compiled.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  },
];

// Loading the application takes longer than most spec files. Therefore a run of everything, or of whole folders, runs
// the files group-1.ts to group-n.ts, each of which contains the spec files of its folder. A run that names a file, as
// in `npx jest logout`, runs each spec file on its own. Folders without a group always run each file on its own.
const patterns = process.argv.slice(2).filter((argument) => !/^(-.*|\d+)$/.test(argument));
const isGrouped = patterns.every((pattern) => statSync(pattern, { throwIfNoEntry: false })?.isDirectory());
const groups = readdirSync(join(root, 'test'), { recursive: true }).filter((path) =>
  /group-\d+\.ts$/.test(path),
);
const groupedFolders = [...new Set(groups.map((path) => dirname(path)))];

export default {
  rootDir: root,
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/{src,test}/**/*.spec.ts',
    ...(isGrouped ? ['<rootDir>/test/**/group-+([0-9]).ts'] : []),
  ],
  testPathIgnorePatterns: isGrouped
    ? groupedFolders.map((folder) => `<rootDir>/test/${folder}/[^/]+\\.spec\\.ts$`)
    : [],
  testSequencer: '<rootDir>/test/support/jest/longest-first.mjs',
  moduleNameMapper: {
    '^@/(.*)\\.js$': '<rootDir>/src/$1',
    '^@(test|scripts|migrations)/(.*?)(\\.js)?$': ['<rootDir>/$1/$2', '<rootDir>/$1/$2.js'],
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'],
  },
  transform: { '^.+\\.(ts|mts|js|mjs)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${escaped.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/test/support/jest/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/setup-after-env.ts'],
  // Spec files that start server processes mostly wait: one worker more than cores keeps all cores busy.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1500MB',
};
