import { setImmediate as nextTurn } from 'node:timers/promises';
import { AsyncValue } from './async-value.js';

describe('a value that follows async work', () => {
  const color = new AsyncValue<string>();
  const size = new AsyncValue<number>();
  const readBoth = async (): Promise<unknown[]> => {
    await nextTurn();
    return [color.get(), size.get()];
  };

  it('is found in the work that it was set for, together with other values', async () => {
    const [nested, alone, outside] = await Promise.all([
      color.run('red', () => size.run(2, readBoth)),
      color.run('blue', readBoth),
      readBoth(),
    ]);
    expect([nested, alone, outside]).toEqual([
      ['red', 2],
      ['blue', undefined],
      [undefined, undefined],
    ]);
  });

  it('is replaced for inner work, and left out of work that exits', async () => {
    await color.run('red', async () => {
      expect(await color.run('blue', readBoth)).toEqual(['blue', undefined]);
      expect(await size.run(2, () => color.exit(readBoth))).toEqual([undefined, 2]);
      expect(await readBoth()).toEqual(['red', undefined]);
    });
  });
});
