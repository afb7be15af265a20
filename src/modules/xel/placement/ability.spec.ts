import { Entropy } from '@/platform/kernel/entropy.js';
import { CEFR_LEVELS, type CefrLevel } from '../course/course.schema.js';
import { estimateAbility, type ItemAnswer, probability, toCefr, toCefrInterval } from './ability.js';
import { ItemBank } from './item-bank.js';
import { isFinished, MAX_ITEMS, selectItem, START_ABILITY } from './item-selection.js';

/** A generator of Lehmer: the same learners in every run. */
class SeededEntropy extends Entropy {
  constructor(private state: number) {
    super();
  }

  next(): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state / 2_147_483_647;
  }

  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  bytes(length: number): Buffer {
    return Buffer.alloc(length);
  }
}

const bank = ItemBank.fromFile();

function takeTest(
  ability: number,
  entropy: SeededEntropy,
): { cefr: CefrLevel; interval: [CefrLevel, CefrLevel]; items: number } {
  const answers: ItemAnswer[] = [];
  let left = [...bank.items];
  let estimate = { ...estimateAbility([]), ability: START_ABILITY };
  do {
    const item = selectItem(estimate.ability, left, entropy);
    if (!item) break;
    left = left.filter((other) => other !== item);
    answers.push({
      difficulty: item.difficulty,
      correct: entropy.next() < probability(ability, item.difficulty),
    });
    estimate = estimateAbility(answers);
  } while (!isFinished(answers.length, estimate, left.length));
  return { cefr: toCefr(estimate.ability), interval: toCefrInterval(estimate), items: answers.length };
}

describe('the placement test', () => {
  it('has items of every level, each with four options and one answer, and no id that tells its level', () => {
    for (const { id, options, answerId } of bank.items) {
      expect(new Set(options.map((option) => option.id)).size).toBe(4);
      expect(options.filter((option) => option.id === answerId)).toHaveLength(1);
      expect(id).toMatch(/^item-[0-9a-f]{8}$/);
    }
    expect(new Set(bank.items.map(({ id }) => id)).size).toBe(bank.items.length);
    for (const level of CEFR_LEVELS)
      expect(
        bank.items.filter(({ difficulty }) => toCefr(difficulty) === level).length,
      ).toBeGreaterThanOrEqual(8);
  });

  it('starts without knowledge: any level is possible', () => {
    expect(toCefrInterval(estimateAbility([]))).toEqual(['A1', 'C1']);
  });

  it('rises with right answers and falls with wrong ones, and becomes more certain', () => {
    const right = estimateAbility([{ difficulty: 0, correct: true }]);
    const wrong = estimateAbility([{ difficulty: 0, correct: false }]);
    expect(right.ability).toBeGreaterThan(0);
    expect(wrong.ability).toBeLessThan(0);
    expect(Math.max(right.standardError, wrong.standardError)).toBeLessThan(
      estimateAbility([]).standardError,
    );
  });

  it('finds the level of simulated learners, within the interval that it states', () => {
    const entropy = new SeededEntropy(20_260_417);
    let [exact, near, covered, total] = [0, 0, 0, 0];
    for (const [index, level] of CEFR_LEVELS.entries())
      for (let learner = 0; learner < 40; learner += 1) {
        const { cefr, interval, items } = takeTest(2 * (index - 2), entropy);
        const [low, high] = interval.map((bound) => CEFR_LEVELS.indexOf(bound)) as [number, number];
        total += 1;
        if (cefr === level) exact += 1;
        if (Math.abs(CEFR_LEVELS.indexOf(cefr) - index) <= 1) near += 1;
        if (low <= index && index <= high) covered += 1;
        expect(items).toBeLessThanOrEqual(MAX_ITEMS);
      }
    expect(exact / total).toBeGreaterThan(0.6);
    expect(near / total).toBeGreaterThan(0.97);
    expect(covered / total).toBeGreaterThan(0.9);
  });
});
