import { TestApp } from '@test/support/app/test-app.js';
import { CALENDAR_PATH } from '@test/support/google/connected-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenUserWithId } from '@test/support/organizations/given-organizations.js';

describe('a server without a client at Google', () => {
  it('says so', async () => {
    const app = await TestApp.start();
    try {
      const { accessToken: token } = await givenUserWithId(app);
      expect((await expectStatus(200, app.get('/api/integrations', { token }))).body).toEqual([]);
      expect((await expectStatus(200, app.get(`${CALENDAR_PATH}/status`, { token }))).body.status).toBe(
        'not_configured',
      );
      const range = 'from=2036-01-01T00:00:00Z&to=2036-01-02T00:00:00Z';
      for (const path of ['start', `events?${range}`, `free-busy?${range}`])
        expect(statusAndCode(await app.get(`${CALENDAR_PATH}/${path}`, { token }))).toEqual([
          503,
          'integration_not_configured',
        ]);
      expect(
        statusAndCode(await app.post(`${CALENDAR_PATH}/complete`, { completion: 'x' }, { token })),
      ).toEqual([503, 'integration_not_configured']);
    } finally {
      await app.stop();
    }
  });
});
