import type { OrganizationId } from '@/platform/kernel/ids.js';
import { type MembershipEndedEvent, MembershipEvents } from './membership-events.js';

const EVENT: MembershipEndedEvent = {
  organizationId: 'organization' as OrganizationId,
  userId: 'user',
  endedBy: 'admin',
  moved: false,
};

describe('MembershipEvents', () => {
  it('publishes without handlers', async () => {
    await expect(new MembershipEvents().publishEnded(EVENT)).resolves.toBeUndefined();
  });

  it('passes the event to every handler, one after the other, in the order of registration', async () => {
    const events = new MembershipEvents();
    const log: string[] = [];
    const register = (name: string): void =>
      events.onEnded(async ({ userId }) => {
        log.push(`${name} starts`);
        await new Promise(setImmediate);
        log.push(`${name} ends for ${userId}`);
      });
    register('first');
    register('second');
    await events.publishEnded(EVENT);
    expect(log).toEqual(['first starts', 'first ends for user', 'second starts', 'second ends for user']);
  });

  it('stops at the first error and throws it, so that the transaction rolls back', async () => {
    const events = new MembershipEvents();
    const failure = new Error('grant could not be revoked');
    const called: string[] = [];
    events.onEnded(() => Promise.reject(failure));
    events.onEnded(() => Promise.resolve(void called.push('second')));
    await expect(events.publishEnded(EVENT)).rejects.toBe(failure);
    expect(called).toEqual([]);
  });

  it('calls a handler again for each event', async () => {
    const events = new MembershipEvents();
    const seen: MembershipEndedEvent[] = [];
    events.onEnded((event) => Promise.resolve(void seen.push(event)));
    await events.publishEnded(EVENT);
    await events.publishEnded({ ...EVENT, moved: true });
    expect(seen.map(({ moved }) => moved)).toEqual([false, true]);
  });
});
