import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stopOpenApps } from '../app/open-apps.js';
import { listSpecGroups } from './spec-groups.cjs';

const ROOT = join(__dirname, '../../..');

/** These change the modules of all later spec files of a group. */
const WITHOUT_END = /\bjest\.(mock|unmock|doMock|dontMock|setMock|resetModules)\(/;

/**
 * Declares the tests of the spec files of a group file, each in a describe block named after its file. Mocks and fake
 * timers end with their spec file. Throws if a spec file would change the spec files after it.
 */
export function declareGroup(groupFile: string): void {
  for (const spec of listSpecGroups().get(groupFile) ?? []) {
    const name = relative(ROOT, spec);
    if (WITHOUT_END.test(readFileSync(spec, 'utf8')))
      throw new Error(
        `${name} mocks a module, which would stay mocked in other spec files: use jest.spyOn().`,
      );
    describe(name, () => {
      const { setTimeout } = globalThis;
      jest.requireActual(spec);
      if (globalThis.setTimeout !== setTimeout)
        throw new Error(`${name} enables fake timers outside of a hook or test.`);
      afterAll(async () => {
        jest.restoreAllMocks();
        jest.useRealTimers();
        await stopOpenApps();
      });
    });
  }
}
