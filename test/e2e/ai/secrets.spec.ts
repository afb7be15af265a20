import { type AiApp, generate, givenAiApp, SHORT_TIMEOUTS } from '@test/support/ai/ai-app.js';
import {
  PROVIDER_FAULTS,
  needsShortTimeouts,
  PROVIDER_ERROR_TEXT,
} from '@test/support/ai/provider-faults.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { dumpDatabase, toEncodings } from '@test/support/database/database-dump.js';
import { expectStatus } from '@test/support/http/responses.js';

const PROMPT = 'prompt-marzipan-8812';
const HISTORY = 'history-walnut-3307';
const ANSWER = 'answer-saffron-5150';
const KEYS = ['sk-first-7Hq2LmXv9Tz', 'sk-second-7Hq2LmXv9Tz'];

describe('keys, prompts and answers', () => {
  const log = new MemoryLog();
  let ai: AiApp;
  let shortTimeoutApp: TestApp;
  let token: string;
  let conversation: string;
  const answers: string[] = [];

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { log });
    shortTimeoutApp = await ai.startSibling(SHORT_TIMEOUTS);
    token = (await givenUser(ai.app)).accessToken;
    conversation = (await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }))).body.id;
    await runEveryFault();
  });
  afterAll(() => ai.stop());

  /** Runs every fault: whole and streamed, named and auto, with and without an idempotency key and a conversation. */
  async function runEveryFault(): Promise<void> {
    const conversation_history = [{ role: 'user', content: HISTORY }];
    let count = 0;
    for (const [index, { step }] of PROVIDER_FAULTS.entries()) {
      const app = needsShortTimeouts(step) ? shortTimeoutApp : ai.app;
      for (const stream of [false, true])
        for (const more of [{ provider: 'first', conversation_history }, { conversation_id: conversation }]) {
          await resetCircuits(app);
          ai.fakeProviders.first?.script({ text: [`${ANSWER} `, 'and ', 'so ', 'on'], ...step });
          const replaced = stream === (index % 2 === 0);
          ai.fakeProviders.second?.script(
            replaced ? { text: ANSWER } : { status: 500, body: PROVIDER_ERROR_TEXT },
          );
          const headers = { 'idempotency-key': `fault-${(count += 1)}` };
          const asked = ai.fakeProviders.first?.requests.length ?? 0;
          const response = await generate(app, { message: PROMPT, stream, ...more }, { token, headers });
          expect(ai.fakeProviders.first?.requests.length).toBeGreaterThan(asked);
          answers.push(response.text, JSON.stringify(response.headers));
        }
    }
    ai.fakeProviders.first?.script({ text: ANSWER });
    answers.push((await generate(ai.app, { message: PROMPT }, { token })).text);
    answers.push((await ai.app.get('/api/ai/providers', { token })).text);
  }

  /** Closes the circuit of a provider that has failed three times. */
  async function resetCircuits(app: TestApp): Promise<void> {
    for (const provider of ['first', 'second']) {
      ai.fakeProviders[provider]?.script({ text: ANSWER });
      await expectStatus(200, generate(app, { message: PROMPT, provider }, { token }));
    }
  }

  it('reach the providers in this test', () => {
    const all = answers.join('\n');
    expect(all).toContain(ANSWER);
    expect(all).toContain('event: done');
    for (const code of ['provider_failed', 'ai_unavailable', 'provider_timeout']) expect(all).toContain(code);
    expect(JSON.stringify(ai.fakeProviders.first?.requests)).toContain(KEYS[0]);
    expect(log.text).toContain('ai.provider_failed');
  });

  it('are in no log line', () => {
    for (const secret of [...KEYS, PROMPT, HISTORY, ANSWER, PROVIDER_ERROR_TEXT])
      for (const disguise of toEncodings(secret)) expect(log.text).not.toContain(disguise);
    // Only faults of providers were logged, none of the server.
    const ours = log.lines.filter((line) => /"level":"(error|fatal)"/.test(line));
    expect(ours.filter((line) => !/"message":"(The provider|No provider)/.test(line))).toEqual([]);
  });

  it('are in no response, nor is the error text of a provider', () => {
    const all = answers.join('\n');
    for (const secret of [...KEYS, PROVIDER_ERROR_TEXT])
      for (const disguise of toEncodings(secret)) expect(all).not.toContain(disguise);
    expect(all).not.toContain(HISTORY);
    for (const { url } of Object.values(ai.fakeProviders)) expect(all).not.toContain(new URL(url).host);
  });

  it('are encrypted wherever they are stored outside the conversation', async () => {
    const { text, tables } = await dumpDatabase(ai.app);
    expect(tables.find(({ name }) => name === 'public.generation_events')?.rows).toBeGreaterThan(10);
    const own = /^public\.(messages|conversations|search_\w+) /;
    const others = text.split('\n').filter((line) => !own.test(line));
    expect(others.join('\n')).toContain('public.generation_events ');
    for (const secret of [...KEYS, PROMPT, HISTORY, ANSWER, PROVIDER_ERROR_TEXT])
      for (const disguise of toEncodings(secret))
        expect(others.filter((line) => line.includes(disguise)).map((line) => line.slice(0, 60))).toEqual([]);
    for (const secret of [...KEYS, HISTORY, PROVIDER_ERROR_TEXT]) expect(text).not.toContain(secret);
  });

  it('are bound to one generation when they are encrypted as events', async () => {
    const [one, other] = await ai.app.sql<{ id: string }>(
      "SELECT id FROM generations WHERE state = 'done' ORDER BY id LIMIT 2",
    );
    const url = `/api/ai/generations/${one?.id}/events`;
    expect((await expectStatus(200, ai.app.get(url, { token }))).text).toContain(ANSWER);
    const frames = `SELECT frames FROM generation_events WHERE generation_id = $2
                    ORDER BY first_event DESC LIMIT 1`;
    await ai.app.sql(`UPDATE generation_events SET frames = (${frames}) WHERE generation_id = $1`, [
      ...[one?.id, other?.id],
    ]);
    const { text } = await expectStatus(500, ai.app.get(url, { token }));
    expect(text).not.toContain(ANSWER);
  });
});
