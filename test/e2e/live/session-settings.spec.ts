import type { FakeProvider } from '@scripts/fake-provider.js';
import { givenAiApp } from '@test/support/ai/ai-app.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { startLive } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

describe('the settings of a live session', () => {
  let app: TestApp;
  let user: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    user = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  it.each([
    [{ provider: 'nowhere' }, 'provider'],
    [{ provider: 'toString' }, 'provider'],
    [{ module_id: 'a1-nothing' }, 'module_id'],
    [{ module_id: 'constructor' }, 'module_id'],
  ])('cannot be %j', async (settings, path) => {
    const refused = await startLive(app, user, settings);
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    expect(refused.body.detail.fields).toEqual([expect.objectContaining({ path, rule: 'choice' })]);
    expect(await app.sql('SELECT id FROM live_sessions WHERE owner_id = $1', [user.id])).toEqual([]);
  });

  it('cannot have a provider that is not configured, as a chat cannot', async () => {
    const request = { provider: 'openai' };
    const chat = await app.post(
      '/api/ai/generate',
      { message: 'Hello', ...request },
      { token: user.accessToken },
    );
    const refused = await startLive(app, user, request);
    expect(refused.status).toBe(503);
    expect(refused.body.detail).toEqual(chat.body.detail);
  });

  it.each([
    { provider: 'local', module_id: 'a1-introductions' },
    { provider: '', module_id: null },
    { provider: 'auto' },
  ])('can be %j', async (settings) => {
    await expectStatus(200, startLive(app, await givenUserWithId(app), settings));
  });

  it('are judged before the active session is returned', async () => {
    const other = await givenUserWithId(app);
    await expectStatus(200, startLive(app, other));
    expect(statusAndCode(await startLive(app, other, { module_id: 'a1-nothing' }))[0]).toBe(400);
  });
});

describe('the module that a live session practises', () => {
  it.each(['a session', 'a ticket'])(
    'is told to the model, with a socket opened by the credentials of %s',
    async (by) => {
      const ai = await givenAiApp(['model']);
      const model = ai.fakeProviders.model as FakeProvider;
      const user = await givenUserWithId(ai.app);
      const request = { module_id: 'a1-at-the-cafe', instructions: 'Be a waiter.' };
      const { body } = await expectStatus(200, startLive(ai.app, user, request));
      const client = await LiveSocketClient.open(
        ai.app,
        by === 'a ticket' ? { query: { ticket: body.socket_ticket } } : { token: user.accessToken },
      );
      await client.waitFor('session.ready');
      client.send('text.input', { text: 'Hello!' });
      await client.waitFor('turn.ended');
      const [system] = (model.requests.at(-1)?.body as { messages: { content: string }[] }).messages;
      expect(system?.content).toContain('the module “At the café” at CEFR level A1');
      expect(system?.content).toMatch(/Be a waiter\.$/);
      await ai.stop();
    },
  );
});
