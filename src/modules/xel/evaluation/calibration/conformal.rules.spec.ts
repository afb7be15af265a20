import { COVERAGE, findWidthFactor, type JudgedText, measureCoverage } from './conformal.rules.js';

/** Pseudo-random numbers from 0 to 1, the same in each run. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

/** Texts whose errors are skewed, larger for short texts, and have a bias of 8 points. */
function listTexts(count: number, random: Generator<number, never>): JudgedText[] {
  return Array.from({ length: count }, () => {
    const assumedHalf = 10 + 20 * random.next().value;
    const error = 8 + assumedHalf * (random.next().value ** 2 - 0.3);
    const score = 20 + 60 * random.next().value;
    return { score, judged: score + error, assumedHalf };
  });
}

describe('the width of calibrated intervals', () => {
  it('puts the scores of four in five further texts inside, whatever the errors are', () => {
    const random = randomNumbers(7);
    const shares = Array.from({ length: 200 }, () => {
      const factor = findWidthFactor(listTexts(60, random));
      const further = listTexts(200, random);
      const isInside = ({ judged, score, assumedHalf }: JudgedText): boolean =>
        Math.abs(judged - score) <= factor * assumedHalf;
      return further.filter(isInside).length / further.length;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThanOrEqual(COVERAGE);
    expect(mean).toBeLessThan(COVERAGE + 0.03);
  });

  it('is the error of one text in five, and of the worst where the texts are few', () => {
    const texts = Array.from({ length: 9 }, (_, index) => ({ judged: index + 1, score: 0, assumedHalf: 10 }));
    expect(findWidthFactor(texts)).toBe(0.8);
    expect(findWidthFactor(texts.slice(0, 3))).toBe(0.3);
  });

  it('is measured on texts that did not take part in it', () => {
    const coverage = measureCoverage(listTexts(200, randomNumbers(3)));
    expect(coverage).toBeGreaterThan(0.77);
    expect(coverage).toBeLessThan(0.84);
    const same = Array.from({ length: 30 }, () => ({ judged: 60, score: 50, assumedHalf: 10 }));
    expect([findWidthFactor(same), measureCoverage(same)]).toEqual([1, 1]);
  });
});
