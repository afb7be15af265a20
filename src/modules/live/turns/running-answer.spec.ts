import { RunningAnswer } from './running-answer.js';

describe('a running answer', () => {
  const start = (): RunningAnswer => new RunningAnswer({ turnId: 'turn', startedAt: new Date(0) });

  it('keeps its text while it is held, and hands it out once', async () => {
    const answer = start();
    expect(answer.keepIfHeld('Hello')).toBe(false);
    answer.hold();
    answer.hold();
    expect(answer.flow.isPaused).toBe(true);
    expect(['Hello ', 'there.'].map((text) => answer.keepIfHeld(text))).toEqual([true, true]);
    let hasResumed = false;
    const resumed = answer.whenResumed().then(() => (hasResumed = true));
    await Promise.resolve();
    expect(hasResumed).toBe(false);
    expect([answer.resume(), answer.resume()]).toEqual(['Hello there.', '']);
    await resumed;
    expect(answer.flow.isPaused).toBe(false);
  });

  it('waits while it is held again', async () => {
    const answer = start();
    answer.hold();
    const resumed = answer.whenResumed();
    answer.resume();
    answer.hold();
    expect(await Promise.race([resumed.then(() => 'resumed'), Promise.resolve('held')])).toBe('held');
    answer.resume();
    await resumed;
  });
});
