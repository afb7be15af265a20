import { statSync } from 'node:fs';
import { relative } from 'node:path';
import TestSequencer from '@jest/test-sequencer';
import specGroups from './spec-groups.cjs';

/** Files that take longer than their size suggests, the longest first; then all others by size. */
const FIRST = [
  'test/contract/',
  'test/process/',
  'test/e2e/',
  'test/platform/',
  'src/platform/persistence/embedded/',
];

const groups = specGroups.listSpecGroups();

/** Starts the longest files first, with and without a cache, so that no worker runs a long file alone at the end. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || sizeOf(b.path) - sizeOf(a.path));
  }
}

function rank({ path, context }) {
  const name = relative(context.config.rootDir, path);
  const index = FIRST.findIndex((folder) => name.startsWith(folder));
  return index === -1 ? FIRST.length : index;
}

function sizeOf(path) {
  const files = groups.get(path) ?? [path];
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}
