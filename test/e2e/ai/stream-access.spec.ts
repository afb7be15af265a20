import { Identities } from '@/platform/access/request-authenticator.js';
import { Reader } from '@test/support/ai/stream-reader.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { givenKey } from '@test/support/auth/api-keys.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import { givenFounder } from '@test/support/organizations/given-organizations.js';
import { eventually } from '@test/support/app/server-process.js';

describe('a stream', () => {
  let ai: AiApp;
  let beside: TestApp;
  const bases: string[] = [];

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    beside = await TestApp.start({ beside: ai.app });
    for (const app of [ai.app, beside]) {
      await app.app.listen(0, '127.0.0.1');
      bases.push(await app.app.getUrl());
    }
  });
  /** No answer ends by itself. */
  beforeEach(() => ai.upstreams.first?.script({ tokens: 40, hold: 20 }));
  afterAll(async () => {
    await beside.stop();
    await ai.stop();
  });

  function begin(headers: Record<string, string>): Promise<Reader> {
    const body = { message: 'Hello there', stream: true };
    return Reader.open(`${bases[0]}/api/ai/generate`, { headers, body });
  }

  async function stateOf(id: string): Promise<string | undefined> {
    const rows = await ai.app.sql<{ state: string }>('SELECT state FROM generations WHERE id = $1', [id]);
    return rows[0]?.state;
  }

  it('ends with the session it was opened with, on every process, and the answer goes on', async () => {
    const { accessToken, refreshToken } = await givenUser(ai.app);
    const headers = { authorization: `Bearer ${accessToken}` };
    const here = await begin(headers);
    await here.until(2);
    const there = await Reader.open(`${bases[1]}/api/ai/generations/${here.generationId}/events`, {
      headers,
    });
    await there.until(2);
    await expectStatus(200, ai.app.post('/api/auth/logout', { refresh_token: refreshToken }));
    await Promise.all([here.all(), there.all()]);
    expect(await stateOf(here.generationId)).toBe('running');
  });

  it('ends with the API key it was opened with', async () => {
    const owner = await givenFounder(ai.app);
    const made = await givenKey(ai.app, {
      ...{ organizationId: owner.organizationId, by: owner },
      scopes: ['conversations:write', 'conversations:read'],
    });
    const reader = await begin({ 'x-api-key': made.key });
    await reader.until(2);
    await expectStatus(204, ai.app.delete(`/api/api-keys/${made.id}`, { token: owner.accessToken }));
    await reader.all();
    expect(await stateOf(reader.generationId)).toBe('running');
  });

  it('goes on when only the access token runs out', async () => {
    const { accessToken } = await givenUser(ai.app);
    const reader = await begin({ authorization: `Bearer ${accessToken}` });
    await reader.until(2);
    ai.app.clock.advance(901);
    const checks = jest.spyOn(ai.app.app.get(Identities, { strict: false }), 'goesOn').mock.results;
    await eventually(() => checks.length > 1, 15_000); // one ends before the next begins
    expect(await checks[0]?.value).toBe(true);
    ai.upstreams.first?.release();
    expect((await reader.all()).at(-1)).toMatchObject({ event: 'done', data: { finish_reason: 'stop' } });
  });
});
