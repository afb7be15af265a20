import { isPermanentRefusal, nextDeliveryDelay } from './delivery-schedule.js';

const DAY = 86_400;

/** Returns the ages at which a message is tried again. */
function attempts(lifetime: number): number[] {
  const ages: number[] = [];
  let age = 0;
  for (let delay; (delay = nextDeliveryDelay(age, lifetime)) !== null;) ages.push((age += delay));
  return ages;
}

describe('nextDeliveryDelay', () => {
  it('retries a code within seconds, at most every 30 seconds, and until it expires', () => {
    const ages = attempts(600);
    expect(ages.slice(0, 4)).toEqual([1, 2, 3, 4.5]);
    expect(ages.find((age) => age > 300)).toBeLessThanOrEqual(330); // greylisting of five minutes
    expect(Math.max(...ages)).toBeLessThan(600);
    expect(Math.max(...ages)).toBeGreaterThan(560);
  });

  it('retries other messages with growing delays of at most 30 minutes', () => {
    const ages = attempts(3 * DAY);
    const delays = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
    expect(Math.max(...delays)).toBe(1800);
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(ages.length).toBeLessThan(200);
  });
});

describe('isPermanentRefusal', () => {
  it.each([
    ['EENVELOPE', 550, true],
    ['EMESSAGE', 554, true],
    ['EENVELOPE', 451, false],
    ['EMESSAGE', 452, false],
    ['EENVELOPE', 530, false],
    ['EAUTH', 535, false],
    ['EPROTOCOL', 554, false],
    ['ECONNECTION', undefined, false],
  ])('of %s %s is %s', (code, responseCode, expected) => {
    expect(isPermanentRefusal(Object.assign(new Error('no'), { code, responseCode }))).toBe(expected);
  });

  it('of any other value is false', () => {
    expect([undefined, null, 'text', {}].map(isPermanentRefusal)).toEqual([false, false, false, false]);
  });
});
