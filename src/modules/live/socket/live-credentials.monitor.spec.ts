import { LiveCredentialsMonitor } from './live-credentials.monitor.js';
import type { LiveTalk } from './live-talk.js';

describe('a check of credentials', () => {
  type Ports = ConstructorParameters<typeof LiveCredentialsMonitor>;
  const ORGANIZATION = 'organization';
  const actor = { userId: 'user' };
  const talk = { admission: { session: { actor }, jti: null, organizationId: ORGANIZATION } } as LiveTalk;

  it('looks again at changes and lost notifications of a check that has failed', async () => {
    let reportChange = (_id: string): void => undefined;
    let reportLoss = (): void => undefined;
    let isDatabaseLost = true;
    let authorizations = 0;
    const ports = [
      { findEnded: () => (isDatabaseLost ? Promise.reject(new Error('lost')) : Promise.resolve(new Set())) },
      { findEnded: () => Promise.resolve([]) },
      { authorizeIn: () => Promise.resolve((authorizations += 1)) },
      {
        onOrganizationAccessChanged: (handler: typeof reportChange) => (reportChange = handler),
        onUserAccessChanged: () => undefined,
      },
      { onReset: (handler: typeof reportLoss) => (reportLoss = handler) },
    ] as unknown as Ports;
    const monitor = new LiveCredentialsMonitor(...ports);
    monitor.onModuleInit();
    for (const report of [() => reportChange(ORGANIZATION), () => reportLoss()]) {
      isDatabaseLost = true;
      authorizations = 0;
      report();
      await expect(monitor.findEnded([talk])).rejects.toThrow('lost');
      isDatabaseLost = false;
      for (let check = 0; check < 2; check += 1) expect(await monitor.findEnded([talk])).toEqual([]);
      expect(authorizations).toBe(1);
    }
  });
});
