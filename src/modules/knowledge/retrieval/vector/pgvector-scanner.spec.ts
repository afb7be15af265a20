import type { PgvectorExtension } from './persistence/pgvector.repository.js';
import { PgvectorLost, PgvectorScanner } from './pgvector-scanner.js';
import { ScanTimeout } from './vector-scanner.js';

const EXTENSION = { schema: 'public', version: '0.8.6' };
const QUERY = { limit: 5 } as never;

/** What the database says about the extension. */
interface GivenDatabase {
  /** Each look finds the next of these; the last one repeats. */
  found?: (PgvectorExtension | undefined)[];
  isAvailable?: boolean;
  creation?: Error;
  use?: Error;
}

function scannerOn({ found = [undefined], isAvailable = true, creation, use }: GivenDatabase) {
  const looks = [...found];
  const fail = (error: Error | undefined) => (error ? Promise.reject(error) : Promise.resolve([]));
  const created = jest.fn(() => fail(creation));
  const scanner = new PgvectorScanner({
    findExtension: () => Promise.resolve(looks.length > 1 ? looks.shift() : looks[0]),
    isAvailable: () => Promise.resolve(isAvailable),
    createExtension: created,
    probe: () => fail(use),
    hasCandidates: () => Promise.resolve(true),
    findNearest: () => fail(use),
  } as never);
  return { scanner, created };
}

describe('pgvector', () => {
  it('is used where it is installed', async () => {
    const { scanner, created } = scannerOn({ found: [EXTENSION] });
    expect(await scanner.connect()).toBeUndefined();
    expect(scanner.extension).toEqual(EXTENSION);
    expect(created).not.toHaveBeenCalled();
  });

  it('is installed where the server has it, also by two processes at the same time', async () => {
    const first = scannerOn({ found: [undefined, EXTENSION] });
    expect(await first.scanner.connect()).toBeUndefined();
    const second = scannerOn({ found: [undefined, EXTENSION], creation: new Error('duplicate key') });
    expect(await second.scanner.connect()).toBeUndefined();
    expect(second.scanner.extension).toEqual(EXTENSION);
  });

  it.each([
    ['the server does not have it', { isAvailable: false }, 'does not have pgvector'],
    [
      'the role may not create it',
      { creation: new Error('permission denied to create') },
      'permission denied',
    ],
    [
      'the role may not use it',
      { found: [EXTENSION], use: new Error('denied for schema') },
      'denied for schema',
    ],
  ])('is not used where %s, and the reason is known', async (_, database, reason) => {
    const { scanner } = scannerOn(database);
    expect(await scanner.connect()).toContain(reason);
    expect(scanner.extension).toBeUndefined();
  });

  it.each([
    ['57014', ScanTimeout],
    ['42883', PgvectorLost],
    ['58P01', PgvectorLost],
  ])('tells by the code %s why a scan failed', async (code, expected) => {
    const { scanner } = scannerOn({ found: [EXTENSION], use: Object.assign(new Error('no'), { code }) });
    const vectors = await scanner.find({} as never, QUERY, 'model');
    const scan = vectors?.scan({ vector: Float32Array.of(1), limit: 1, perDocument: 1 });
    await expect(scan).rejects.toBeInstanceOf(expected);
  });
});
