import fc from 'fast-check';
import type { RouteStep } from '../routing/routing.rules.js';
import { toBegunSteps, toRouteHeader } from './route-header.js';

const step = (fields: Partial<RouteStep> = {}): RouteStep => ({
  ...{ provider: 'first', model: 'm', outcome: 'failed', attempts: 1, reason: 'It failed.' },
  ...fields,
});

describe('toRouteHeader', () => {
  it('has the steps as JSON', () => {
    const steps = [step(), step({ provider: 'second', outcome: 'answered', reason: null })];
    expect(JSON.parse(toRouteHeader(steps))).toEqual(steps);
  });

  it('leaves out the reasons, then the earliest steps', () => {
    const reason = 'x'.repeat(600);
    const long = Array.from({ length: 6 }, (_, index) => step({ provider: `p${index}`, reason }));
    expect(JSON.parse(toRouteHeader(long))).toEqual(long.map((each) => ({ ...each, reason: null })));
    const many = Array.from({ length: 60 }, (_, index) => step({ provider: `p${index}` }));
    const shown = JSON.parse(toRouteHeader(many)) as RouteStep[];
    expect(shown.at(-1)?.provider).toBe('p59');
    expect(shown.length).toBeLessThan(60);
  });

  it('is ASCII of at most 2 kB, for any names', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 12 }), (names) => {
        const header = toRouteHeader(names.map(([model, reason]) => step({ model, reason })));
        expect(header).toMatch(/^[\x20-\x7e]{2,2048}$/);
        expect(Array.isArray(JSON.parse(header))).toBe(true);
      }),
    );
  });
});

describe('toBegunSteps', () => {
  it('counts the last step as answered, and changes no other', () => {
    const steps = [step(), step({ provider: 'second', reason: null })];
    expect(toBegunSteps(steps).map(({ outcome }) => outcome)).toEqual(['failed', 'answered']);
    expect(toBegunSteps([])).toEqual([]);
  });
});
