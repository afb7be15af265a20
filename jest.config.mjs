// Jest on Node.js 20 cannot require ES modules. Nest 12 consists of ES modules only, some of its plugins of CommonJS.
// Therefore the tests compile the sources and every ESM-only package to CommonJS.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import specGroups from './test/support/jest/spec-groups.cjs';

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

// A run of everything executes groups of spec files (test/support/jest/spec-groups.cjs), and so does a run of whole
// folders. A run that names a file, as in `npx jest logout`, executes each spec file on its own.
const patterns = process.argv.slice(2).filter((argument) => !/^(-.*|\d+)$/.test(argument));
const folders = patterns.map((pattern) => (existsSync(pattern) ? `${realpathSync(pattern)}/` : pattern));
const isSelected = ([file]) =>
  patterns.length === 0 || folders.some((folder) => `${file}/`.startsWith(folder));
const groups = new Map([...specGroups.listSpecGroups()].filter(isSelected));
const toPattern = (path) => `^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;

export default {
  rootDir: root,
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  testMatch: ['<rootDir>/{src,test}/**/*.spec.ts', ...groups.keys()],
  testPathIgnorePatterns: [...groups.values()].flat().map(toPattern),
  testSequencer: '<rootDir>/test/support/jest/longest-first.mjs',
  moduleNameMapper: {
    // The package exports this file to import statements only.
    '^unpdf/pdfjs$': '<rootDir>/node_modules/unpdf/dist/pdfjs.mjs',
    '^@/(.*)\\.js$': '<rootDir>/src/$1',
    '^@(test|scripts|migrations)/(.*?)(\\.js)?$': ['<rootDir>/$1/$2', '<rootDir>/$1/$2.js'],
    '^@content/(.*)$': '<rootDir>/content/$1',
    // The package exports its entries for `import` only.
    '^eld/small$': '<rootDir>/node_modules/eld/src/entries/static.small.js',
    // The extraction process cannot load sources, so the tests pack its program.
    '^\\./worker-location\\.js$': '<rootDir>/test/support/app/extraction-worker.ts',
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
  testTimeout: 180_000,
  workerIdleMemoryLimit: '1500MB',
};
