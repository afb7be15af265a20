import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Files that take longer than their size suggests, the slowest first. */
const FIRST = [
  'test/contract/',
  'test/process/',
  'group-',
  'test/docs/',
  'src/platform/persistence/embedded/',
];

/** Starts the longest files first, so that no worker runs a long file alone at the end, also without a cache. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || size(b.path) - size(a.path));
  }
}

function rank({ path, context }) {
  const name = relative(context.config.rootDir, path);
  const index = FIRST.findIndex((part) => name.includes(part));
  return index === -1 ? FIRST.length : index;
}

/** The size of a file; of a group, its share of the spec files of its folder. */
function size(path) {
  if (!/group-\d+\.ts$/.test(path)) return statSync(path).size;
  const names = readdirSync(dirname(path));
  const specs = names.filter((name) => name.endsWith('.spec.ts'));
  const total = specs.reduce((sum, name) => sum + statSync(join(dirname(path), name)).size, 0);
  return total / names.filter((name) => /^group-\d+\.ts$/.test(name)).length;
}
