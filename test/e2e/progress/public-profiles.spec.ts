import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenOwnerWithId } from '@test/support/organizations/given-organizations.js';
import { givenLearner, record } from '@test/support/progress/learners.js';

describe('a public profile', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const read = (username: string, headers: Record<string, string> = {}) =>
    app.get(`/api/xp/public-profile/${username}`, { headers });

  it('shows numbers and the chosen name to every origin, and can be cached', async () => {
    const learner = await givenLearner(app);
    const call = { token: learner.accessToken };
    await expectStatus(
      200,
      app.patch('/api/auth/me', { full_name: 'Ada Lovelace', nickname: 'Countess' }, call),
    );
    const { xpAwarded } = await record(app, learner);
    const { body, headers } = await expectStatus(
      200,
      read(learner.username, { origin: 'https://example.org' }),
    );
    expect(body).toEqual({
      username: learner.username,
      display_name: 'Countess',
      avatar_url: null,
      level: 1,
      total_xp: xpAwarded,
      current_streak: 1,
      longest_streak: 1,
      joined_at: expect.stringMatching(/Z$/),
    });
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=60',
      'access-control-allow-origin': '*',
      etag: expect.stringMatching(/^"[\w-]+"$/),
    });
    const known = await read(learner.username, { 'if-none-match': headers.etag ?? '' });
    expect([known.status, known.text]).toEqual([304, '']);
    await record(app, learner);
    await expectStatus(200, read(learner.username, { 'if-none-match': headers.etag ?? '' }));
  });

  it('that is hidden looks like one that does not exist', async () => {
    const learner = await givenLearner(app);
    const call = { token: learner.accessToken };
    const { body } = await expectStatus(200, app.patch('/api/auth/me', { public_profile: false }, call));
    expect(body.public_profile).toBe(false);
    const without = ({ body: answer, headers, status }: Awaited<ReturnType<typeof read>>) => {
      const comparable = { ...headers, 'x-request-id': '', date: '' };
      return [status, { ...answer, request_id: '' }, comparable];
    };
    const [hidden, unknown] = [await read(learner.username), await read('nobody-of-this-name')];
    expect(without(hidden)).toEqual(without(unknown));
    expect(unknown.body).toMatchObject({ code: 'profile_not_found' });
    expect((await read('%00')).status).toBe(404);
  });

  it('starts hidden where the server derived the username', async () => {
    const owner = await givenOwnerWithId(app);
    const { body } = await expectStatus(200, app.get('/api/auth/me', { token: owner.accessToken }));
    expect(body.public_profile).toBe(false);
    expect((await read(body.username as string)).status).toBe(404);
    const call = { token: owner.accessToken };
    await expectStatus(200, app.patch('/api/auth/me', { public_profile: true }, call));
    expect((await read(body.username as string)).status).toBe(200);
  });
});
