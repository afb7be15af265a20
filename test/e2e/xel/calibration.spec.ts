import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate } from '@/modules/xel/evaluation/calibrate.js';
import type { CalibrationFile } from '@/modules/xel/evaluation/calibration/calibration.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUserWithId } from '@test/support/organizations/given-organizations.js';
import { evaluateText } from '@test/support/xel/reviews.js';

const SENTENCES = [
  'Last summer I went to Spain with my friends.',
  'We stayed in a small hotel near the beach, which was quiet.',
  'Every day we swam in the sea and ate fish in the evening.',
  'The food was very good, but the rooms were rather dirty.',
  'I bought some presents for my sister because it was her birthday.',
  'If I had more time, I would go there again in the autumn.',
];

/** A text of a few sentences; a different one for each number. */
const textOf = (number: number): string =>
  Array.from({ length: 4 + (number % 5) }, (_, index) => SENTENCES[(number + index) % SENTENCES.length]).join(
    ' ',
  );

const line = (number: number, more: object = {}): string =>
  JSON.stringify({ skill: 'writing', text: textOf(number), score: 30 + ((number * 13) % 40), ...more });

describe('a calibration', () => {
  let folder: string;
  let file: CalibrationFile;
  let notes: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xentree-calibration-'));
    const speech = Array.from({ length: 2 }, (_, index) => line(index, { skill: 'speaking' }));
    const lines = Array.from({ length: 32 }, (_, index) => line(index));
    ({ file, notes } = await calibrate([...lines, '', ...speech, line(1, { text: 'Hello.' })]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const store = (content: unknown): Record<string, string> => {
    const path = join(folder, 'calibration.json');
    writeFileSync(path, JSON.stringify(content));
    return { XEL_CALIBRATION_FILE: path };
  };

  it('measures the width on the judged texts of a skill, and needs thirty', () => {
    expect(file).toEqual({
      rubric_version: expect.any(String),
      skills: { writing: { texts: 32, factor: expect.any(Number), coverage: expect.any(Number) } },
    });
    expect(file.skills.writing?.coverage).toBeGreaterThan(0.7);
    expect(notes).toEqual([
      expect.stringContaining('writing: 32 texts were judged, 1 could not be evaluated'),
      expect.stringContaining('At least 30 are needed'),
    ]);
  });

  /** Returns basis and width of the interval of a text, and the log. */
  async function evaluateWith(content: CalibrationFile): Promise<[string, number, string]> {
    const log = new MemoryLog();
    const app = await TestApp.start({ env: store(content), log });
    const { interval, interval_basis, overall_score } = await evaluateText(
      app,
      await givenUserWithId(app),
      textOf(4).repeat(2),
    );
    await app.stop();
    const [low, high] = interval as [number, number];
    expect(low).toBeLessThanOrEqual(overall_score);
    expect(high).toBeGreaterThanOrEqual(overall_score);
    return [interval_basis, high - low, log.text];
  }

  it('makes the intervals as wide as it measured; one of another version of the rules is not used', async () => {
    const skills = { writing: { texts: 40, factor: 0.25, coverage: 0.8 } };
    const [basis, width, log] = await evaluateWith({ ...file, skills });
    expect([basis, log.includes('xel.calibration_outdated')]).toEqual(['calibrated', false]);
    const [otherBasis, assumedWidth, otherLog] = await evaluateWith({ rubric_version: '0', skills });
    expect([otherBasis, otherLog.includes('xel.calibration_outdated')]).toEqual(['uncalibrated', true]);
    expect(Math.abs(assumedWidth - 4 * width)).toBeLessThanOrEqual(8);
    expect(width).toBeLessThan(assumedWidth / 2);
  });

  it.each([
    ['does not exist', { XEL_CALIBRATION_FILE: '/no/such/file.json' }, 'names no file'],
    ['is something else', undefined, 'npm run xel:calibrate'],
  ])('that %s ends the start with a sentence', async (_, env, message) => {
    await expect(TestApp.start({ env: env ?? store({ factor: 1 }) })).rejects.toThrow(message);
  });

  it.each([
    ['{', 'Line 2 is not valid JSON.'],
    [line(1, { score: 101 }), 'Line 2: score'],
    [line(1, { skill: 'reading' }), 'Line 2: skill'],
  ])('names the line %j that is not valid', async (bad, message) => {
    await expect(calibrate([line(0), bad])).rejects.toThrow(message);
  });
});
