import type { Worker } from 'node:worker_threads';
import { GrammarChecker } from './grammar-checker.js';

const INPUT = { text: 'She have a cat.', dialect: 'british' as const, words: [] };

describe('the grammar checker', () => {
  it('stops although a check ends at this moment', async () => {
    const checker = new GrammarChecker();
    expect((await checker.check('ada', INPUT)).findings).not.toEqual([]);
    const checking = checker.check('ada', INPUT);
    const { worker } = checker as unknown as { worker: Worker };
    const stopped = new Promise((resolve) =>
      worker.prependListener('message', () => resolve(checker.onApplicationShutdown())),
    );
    await stopped;
    await checking;
  });
});
