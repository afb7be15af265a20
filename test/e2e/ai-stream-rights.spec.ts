import { type AiApp, givenAiApp } from '../support/ai.js';
import { Reader } from '../support/ai-reader.js';
import { givenKey } from '../support/api-keys.js';
import { TestApp } from '../support/app.js';
import { expectStatus, givenUser } from '../support/given.js';
import { givenFounder } from '../support/organizations.js';

const SECONDS = 1_000;

describe('a stream', () => {
  let ai: AiApp;
  let beside: TestApp;
  const bases: string[] = [];

  beforeAll(async () => {
    ai = await givenAiApp(['first'], {
      env: { AI_PROVIDER_TIMEOUT_MS: '60000', AI_STALL_TIMEOUT_MS: '60000' },
    });
    beside = await TestApp.start({ beside: ai.app });
    for (const app of [ai.app, beside]) {
      await app.app.listen(0, '127.0.0.1');
      bases.push(await app.app.getUrl());
    }
    ai.upstreams.first?.script({ tokens: 5_000, delayMs: 20 });
  });
  afterAll(async () => {
    await beside.stop();
    await ai.stop();
  });

  function begin(headers: Record<string, string>): Promise<Reader> {
    const body = { message: 'Hello there', stream: true };
    return Reader.open(`${bases[0]}/api/ai/generate`, { headers, body });
  }

  /** Milliseconds until the server ends it. */
  async function lasts(reader: Reader): Promise<number> {
    const began = performance.now();
    await reader.all();
    return performance.now() - began;
  }

  it('ends with the session it was opened with, on every process, and the answer goes on', async () => {
    const { accessToken, refreshToken } = await givenUser(ai.app);
    const headers = { authorization: `Bearer ${accessToken}` };
    const here = await begin(headers);
    await here.until(3);
    const there = await Reader.open(`${bases[1]}/api/ai/generations/${here.generationId}/events`, {
      headers,
    });
    await there.until(3);
    await expectStatus(200, ai.app.post('/api/auth/logout', { refresh_token: refreshToken }));
    const [one, other] = await Promise.all([lasts(here), lasts(there)]);
    expect(one).toBeLessThan(2 * SECONDS);
    expect(other).toBeLessThan(3 * SECONDS);
    const [row] = await ai.app.sql<{ state: string }>('SELECT state FROM generations WHERE id = $1', [
      here.generationId,
    ]);
    expect(row?.state).toBe('running');
  });

  it('ends with the API key it was opened with', async () => {
    const owner = await givenFounder(ai.app);
    const made = await givenKey(ai.app, {
      ...{ organizationId: owner.organizationId, by: owner },
      scopes: ['conversations:write', 'conversations:read'],
    });
    const reader = await begin({ 'x-api-key': made.key });
    await reader.until(3);
    await expectStatus(204, ai.app.delete(`/api/api-keys/${made.id}`, { token: owner.accessToken }));
    expect(await lasts(reader)).toBeLessThan(2 * SECONDS);
  });

  it('goes on when only the access token runs out', async () => {
    const { accessToken } = await givenUser(ai.app);
    const reader = await begin({ authorization: `Bearer ${accessToken}` });
    await reader.until(3);
    ai.app.clock.advance(901);
    const seen = reader.events.length;
    const until = performance.now() + 1.5 * SECONDS;
    while (performance.now() < until) await reader.until(reader.events.length + 1);
    expect(reader.events.length).toBeGreaterThan(seen + 20);
    reader.hangUp();
  });
});
