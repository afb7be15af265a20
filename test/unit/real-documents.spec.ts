import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXTRACTORS } from '@/modules/knowledge/extraction/extractors.js';
import { DOCUMENT_TYPES, type DocumentType } from '@/modules/knowledge/extraction/text-type.js';
import { type WordOrderScore, wordOrderScore } from '@test/support/documents/word-order-score.js';

const FOLDER = resolve('test/fixtures/real-documents');

/** The lowest shares that a file and the mean of a type may have, of words found and of words that a reader sees. */
const LEAST_OF_A_FILE = 0.95;
const LEAST_MEAN = 0.98;
const SHARES = ['recall', 'precision'] as const;

const EXPECTED = '.expected.txt';

/** Returns the names of the files of a type, without those with the expected text. */
function filesOf(type: DocumentType): string[] {
  return readdirSync(join(FOLDER, type))
    .filter((name) => !name.endsWith(EXPECTED))
    .sort();
}

async function scoreOf(type: DocumentType, name: string): Promise<WordOrderScore> {
  const { text } = await EXTRACTORS[type](new Uint8Array(readFileSync(join(FOLDER, type, name))));
  const stem = name.slice(0, name.lastIndexOf('.'));
  return wordOrderScore(readFileSync(join(FOLDER, type, stem + EXPECTED), 'utf8'), text);
}

/** Returns a sentence about a file, for the message of a failing test. */
function describeScore(name: string, score: WordOrderScore): string {
  const shares = SHARES.map((share) => `${share} ${score[share].toFixed(3)}`).join(', ');
  const lists = (['lost', 'added', 'glued', 'split'] as const)
    .filter((list) => score[list].length > 0)
    .map((list) => `  ${list}: ${score[list].slice(0, 60).join(' ')}`);
  return [`${name}: ${shares}`, ...lists].join('\n');
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the text of files that other programs wrote', () => {
  it.each(DOCUMENT_TYPES)('has an expected text for each %s file', (type) => {
    const expected = readdirSync(join(FOLDER, type)).filter((name) => name.endsWith(EXPECTED));
    const stems = filesOf(type).map((name) => name.slice(0, name.lastIndexOf('.')));
    expect(expected.map((name) => name.slice(0, -EXPECTED.length)).sort()).toEqual(stems);
  });

  describe.each(DOCUMENT_TYPES)('%s', (type) => {
    const scores = new Map<string, WordOrderScore>();

    beforeAll(async () => {
      for (const name of filesOf(type)) scores.set(name, await scoreOf(type, name));
    });

    it.each(filesOf(type))('%s has nearly all words that a reader sees, in order', (name) => {
      const score = scores.get(name);
      if (!score) throw new Error(`${name} was not read`);
      const isLow = SHARES.some((share) => score[share] < LEAST_OF_A_FILE);
      expect(isLow ? describeScore(name, score) : '').toBe('');
    });

    it('has the words that a reader sees, on average', () => {
      const all = [...scores.values()];
      const means = SHARES.map((share) => mean(all.map((score) => score[share])));
      const imperfect = [...scores].filter(([, score]) => SHARES.some((share) => score[share] < LEAST_MEAN));
      const details = imperfect.map(([name, score]) => describeScore(name, score)).join('\n');
      expect(means.some((value) => value < LEAST_MEAN) ? `${means.join(', ')}\n${details}` : '').toBe('');
    });
  });
});
