import { RequestAuthenticator } from '@/platform/access/request-authenticator.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { StreamReader } from '@test/support/ai/stream-reader.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenOwnerWithId } from '@test/support/organizations/given-organizations.js';

describe('a stream', () => {
  let ai: AiApp;
  let sibling: TestApp;
  const bases: string[] = [];

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    sibling = await TestApp.start({ siblingOf: ai.app });
    for (const app of [ai.app, sibling]) {
      await app.nest.listen(0, '127.0.0.1');
      bases.push(await app.nest.getUrl());
    }
  });
  beforeEach(() => ai.fakeProviders.first?.script({ tokens: 40, hold: 20 }));
  afterAll(async () => {
    await sibling.stop();
    await ai.stop();
  });

  function openStream(headers: Record<string, string>): Promise<StreamReader> {
    const body = { message: 'Hello there', stream: true };
    return StreamReader.open(`${bases[0]}/api/ai/generate`, { headers, body });
  }

  async function getState(id: string): Promise<string | undefined> {
    const rows = await ai.app.sql<{ state: string }>('SELECT state FROM generations WHERE id = $1', [id]);
    return rows[0]?.state;
  }

  it('ends with its session on every process, while the generation continues', async () => {
    const { accessToken, refreshToken } = await givenUser(ai.app);
    const headers = { authorization: `Bearer ${accessToken}` };
    const here = await openStream(headers);
    await here.waitForEvents(2);
    const there = await StreamReader.open(`${bases[1]}/api/ai/generations/${here.generationId}/events`, {
      headers,
    });
    await there.waitForEvents(2);
    await expectStatus(200, ai.app.post('/api/auth/logout', { refresh_token: refreshToken }));
    await Promise.all([here.waitForEnd(), there.waitForEnd()]);
    expect(await getState(here.generationId)).toBe('running');
  });

  it('ends with its API key', async () => {
    const owner = await givenOwnerWithId(ai.app);
    const made = await givenApiKey(ai.app, {
      organizationId: owner.organizationId,
      by: owner,
      scopes: ['conversations:write', 'conversations:read'],
    });
    const reader = await openStream({ 'x-api-key': made.key });
    await reader.waitForEvents(2);
    await expectStatus(204, ai.app.delete(`/api/api-keys/${made.id}`, { token: owner.accessToken }));
    await reader.waitForEnd();
    expect(await getState(reader.generationId)).toBe('running');
  });

  it('continues when only the access token expires', async () => {
    const { accessToken } = await givenUser(ai.app);
    const reader = await openStream({ authorization: `Bearer ${accessToken}` });
    await reader.waitForEvents(2);
    ai.app.clock.advance(901);
    const checks = jest.spyOn(ai.app.nest.get(RequestAuthenticator, { strict: false }), 'isStillValid').mock
      .results;
    await waitUntil(() => checks.length > 1, 15_000); // one ends before the next begins
    expect(await checks[0]?.value).toBe(true);
    ai.fakeProviders.first?.releaseHeld();
    expect((await reader.waitForEnd()).at(-1)).toMatchObject({
      event: 'done',
      data: { finish_reason: 'stop' },
    });
  });
});
