// Jest on Node 20 cannot require ES modules, and Nest 12 ships nothing else, while part of its ecosystem is
// CommonJS. So everything is compiled to CommonJS in tests: our sources and every ESM-only package found.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

export default {
  rootDir: root,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  moduleNameMapper: {
    '^@/(.*)\\.js$': '<rootDir>/src/$1',
    '^@(test|scripts|migrations)/(.*?)(\\.js)?$': ['<rootDir>/$1/$2', '<rootDir>/$1/$2.js'],
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'],
  },
  transform: { '^.+\\.(ts|mts|js|mjs)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${escaped.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup-after-env.ts'],
  maxWorkers: '100%',
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1500MB',
};
