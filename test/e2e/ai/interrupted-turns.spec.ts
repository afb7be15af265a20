import { EventLogRepository } from '@/modules/ai/generations/persistence/event-log.repository.js';
import { type AiApp, eventsOf, generate, givenAiApp, stream } from '@test/support/ai/ai-app.js';
import type { Answer } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import { eventually } from '@test/support/app/server-process.js';

describe('turns that come to little', () => {
  let ai: AiApp;
  let token: string;
  let conversation: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    const { body } = await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }));
    conversation = body.id;
  });

  async function messages(): Promise<Answer['body']> {
    const url = `/api/core/conversations/${conversation}/messages`;
    return (await expectStatus(200, ai.app.get(url, { token }))).body;
  }

  async function running(): Promise<string> {
    const rows = (): Promise<{ id: string }[]> =>
      ai.app.sql("SELECT id FROM generations WHERE state = 'running'");
    await eventually(async () => (await rows()).length === 1 && ai.upstreams.first?.running === 1, 5000);
    return (await rows())[0]?.id ?? '';
  }

  it.each(['as a stream', 'whole'])('promise no message where none is kept, %s', async (manner) => {
    ai.upstreams.first?.script({ hold: 0 });
    const body = { conversation_id: conversation, stream: manner !== 'whole' };
    const asked = generate(ai.app, body, { token });
    await expectStatus(200, ai.app.post(`/api/ai/generations/${await running()}/stop`, {}, { token }));
    const answer = await expectStatus(200, asked);
    const stopped = manner === 'whole' ? answer.body : eventsOf(answer.text).at(-1)?.data;
    expect(stopped).toMatchObject({ finish_reason: 'stopped', content: '', message_id: null });
    expect(await messages()).toMatchObject([{ role: 'user' }]);
  });

  it('are stopped though nobody tells their process', async () => {
    ai.upstreams.first?.script({ tokens: 5, hold: 2 });
    const asked = stream(ai.app, { conversation_id: conversation }, { token });
    await ai.app.sql('UPDATE generations SET stopping = true WHERE id = $1', [await running()]);
    expect((await asked).at(-1)).toMatchObject({ event: 'done', data: { finish_reason: 'stopped' } });
    expect(await messages()).toMatchObject([{ role: 'user' }, { finish_reason: 'stopped' }]);
  });

  it('leave the history to those that came to something, however long they were', async () => {
    const call = { conversation_id: conversation };
    ai.upstreams.first?.script({ text: 'Hello Ada.' });
    await expectStatus(200, generate(ai.app, { ...call, message: 'I am Ada.' }, { token }));
    ai.upstreams.first?.script({ text: Array.from({ length: 4 }, () => 'x'.repeat(90_000)), dropAfter: 3 });
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect((await stream(ai.app, { ...call, message: 'Who am I?' }, { token })).at(-1)?.event).toBe(
        'error',
      );
    ai.upstreams.first?.script({ text: 'Ada.' });
    await expectStatus(200, generate(ai.app, { ...call, message: 'Who am I?' }, { token }));
    expect(ai.upstreams.first?.requests.at(-1)?.body).toMatchObject({
      messages: [{ content: 'I am Ada.' }, { content: 'Hello Ada.' }, { content: 'Who am I?' }],
    });
    const roles = (await messages()).map(({ role, complete }: Answer['body']) => [role, complete]);
    expect(roles).toEqual([
      ['user', true],
      ['assistant', true],
      ['user', true],
      ['assistant', false],
      ['assistant', false],
      ['assistant', true],
    ]);
  });

  it('tell their end once where it leaps, however many pieces lie before it', async () => {
    ai.upstreams.first?.script({ tokens: 6, hold: 0 });
    const asked = stream(ai.app, { conversation_id: conversation }, { token });
    const id = await running();
    const log = ai.app.app.get(EventLogRepository);
    await eventually(async () => (await log.follow(id, 0))?.frames.length === 1, 5000);
    const frame = (number: number, event: string): string =>
      `id: ${number}\nevent: ${event}\ndata: {"content":"x"}\n\n`;
    for (let first = 2; first <= 15; first += 1)
      await log.add({ generationId: id, first, frames: [frame(first, 'delta')] });
    const end = { generationId: id, first: 1_000_015, frames: [frame(1_000_015, 'error')] };
    expect(await log.endNow({ ...end, state: 'failed', endedAt: new Date(), usage: [] })).toBe(true);
    await asked;
    const { text } = await ai.app.get(`/api/ai/generations/${id}/events`, { token });
    expect(eventsOf(text).map((event) => event.id)).toEqual([
      ...Array.from({ length: 15 }, (_, at) => at + 1),
      1_000_015,
    ]);
  });

  it('keep what was stored though its writer did not hear of it', async () => {
    ai.upstreams.first?.script({ tokens: 6, hold: 3 });
    const asked = stream(ai.app, { conversation_id: conversation }, { token });
    const id = await running();
    const log = ai.app.app.get(EventLogRepository);
    await eventually(async () => ((await log.follow(id, 0))?.frames.length ?? 0) >= 2, 5000);
    const stored = (await log.follow(id, 0))?.frames ?? [];
    const next = `id: ${stored.length + 1}\nevent: delta\ndata: {"content":"lost "}\n\n`;
    // The very stretch that is stored next, as if the answer to its first attempt had been lost.
    expect(await log.add({ generationId: id, first: stored.length + 1, frames: [next] })).toBe(true);
    ai.upstreams.first?.release();
    const events = await asked;
    expect(events.at(-1)?.event).toBe('done');
    const { text } = await ai.app.get(`/api/ai/generations/${id}/events`, { token });
    expect(eventsOf(text)).toEqual(events);
  });
});
