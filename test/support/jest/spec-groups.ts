import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');

/**
 * Declares the tests of several spec files in one Jest file, so that Jest loads the application once for all of them.
 * `groupFile` is one of the files group-1.ts to group-n.ts of a folder; the spec files of the folder are divided
 * among these, so that no spec file is in none or in two of them. Mocks and fake timers end with their spec file;
 * jest.mock() cannot be used in a group, because its effect would not end.
 */
export function declareGroup(groupFile: string): void {
  for (const spec of specsOfGroup(groupFile)) {
    describe(relative(ROOT, spec), () => {
      afterAll(() => {
        jest.restoreAllMocks();
        jest.useRealTimers();
      });
      jest.requireActual(spec);
    });
  }
}

/** Returns the spec files of one group: the largest file goes to the first group, the next to the second, and back. */
function specsOfGroup(groupFile: string): string[] {
  const folder = dirname(groupFile);
  const names = readdirSync(folder);
  const groups = names.filter((name) => /^group-\d+\.ts$/.test(name)).sort();
  const own = groups.indexOf(basename(groupFile));
  const specs = names.filter((name) => name.endsWith('.spec.ts')).map((name) => join(folder, name));
  const bySize = specs.sort((a, b) => statSync(b).size - statSync(a).size || a.localeCompare(b));
  return bySize.filter((_, index) => positionOf(index, groups.length) === own);
}

/** Deals like 0 1 2 2 1 0 0 1 2: the groups get files of about the same size in all. */
function positionOf(index: number, groups: number): number {
  const inRound = index % (2 * groups);
  return Math.min(inRound, 2 * groups - 1 - inRound);
}
