import { GenerationEventRepository } from '@/modules/ai/generations/persistence/generation-event.repository.js';
import { type AiApp, parseSseEvents, generate, givenAiApp, generateStream } from '@test/support/ai/ai-app.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('interrupted turns', () => {
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

  async function messages(): Promise<TestResponse['body']> {
    const url = `/api/core/conversations/${conversation}/messages`;
    return (await expectStatus(200, ai.app.get(url, { token }))).body;
  }

  async function getRunningGenerationId(): Promise<string> {
    const rows = (): Promise<{ id: string }[]> =>
      ai.app.sql("SELECT id FROM generations WHERE state = 'running'");
    await waitUntil(
      async () => (await rows()).length === 1 && ai.fakeProviders.first?.runningRequests === 1,
      5000,
    );
    return (await rows())[0]?.id ?? '';
  }

  it.each(['as a stream', 'whole'])('have no message id when no message is stored, %s', async (mode) => {
    ai.fakeProviders.first?.script({ hold: 0 });
    const body = { conversation_id: conversation, stream: mode !== 'whole' };
    const asked = generate(ai.app, body, { token });
    await expectStatus(
      200,
      ai.app.post(`/api/ai/generations/${await getRunningGenerationId()}/stop`, {}, { token }),
    );
    const response = await expectStatus(200, asked);
    const stopped = mode === 'whole' ? response.body : parseSseEvents(response.text).at(-1)?.data;
    expect(stopped).toMatchObject({ finish_reason: 'stopped', content: '', message_id: null });
    expect(await messages()).toMatchObject([{ role: 'user' }]);
  });

  it('are stopped even if the notification is lost', async () => {
    ai.fakeProviders.first?.script({ tokens: 5, hold: 2 });
    const asked = generateStream(ai.app, { conversation_id: conversation }, { token });
    await ai.app.sql('UPDATE generations SET stopping = true WHERE id = $1', [
      await getRunningGenerationId(),
    ]);
    expect((await asked).at(-1)).toMatchObject({ event: 'done', data: { finish_reason: 'stopped' } });
    expect(await messages()).toMatchObject([{ role: 'user' }, { finish_reason: 'stopped' }]);
  });

  it('do not displace complete turns from the history, however long they are', async () => {
    const call = { conversation_id: conversation };
    ai.fakeProviders.first?.script({ text: 'Hello Ada.' });
    await expectStatus(200, generate(ai.app, { ...call, message: 'I am Ada.' }, { token }));
    ai.fakeProviders.first?.script({
      text: Array.from({ length: 4 }, () => 'x'.repeat(90_000)),
      dropAfter: 3,
    });
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect((await generateStream(ai.app, { ...call, message: 'Who am I?' }, { token })).at(-1)?.event).toBe(
        'error',
      );
    ai.fakeProviders.first?.script({ text: 'Ada.' });
    await expectStatus(200, generate(ai.app, { ...call, message: 'Who am I?' }, { token }));
    expect(ai.fakeProviders.first?.requests.at(-1)?.body).toMatchObject({
      messages: [{ content: 'I am Ada.' }, { content: 'Hello Ada.' }, { content: 'Who am I?' }],
    });
    const roles = (await messages()).map(({ role, complete }: TestResponse['body']) => [role, complete]);
    expect(roles).toEqual([
      ['user', true],
      ['assistant', true],
      ['user', true],
      ['assistant', false],
      ['assistant', false],
      ['assistant', true],
    ]);
  });

  it('return the last event once after a gap in the numbers, however many batches precede it', async () => {
    ai.fakeProviders.first?.script({ tokens: 6, hold: 0 });
    const asked = generateStream(ai.app, { conversation_id: conversation }, { token });
    const id = await getRunningGenerationId();
    const repository = ai.app.nest.get(GenerationEventRepository);
    await waitUntil(async () => (await repository.readPage(id, 0))?.frames.length === 1, 5000);
    const frame = (number: number, event: string): string =>
      `id: ${number}\nevent: ${event}\ndata: {"content":"x"}\n\n`;
    for (let first = 2; first <= 15; first += 1)
      await repository.appendEvents({ generationId: id, first, frames: [frame(first, 'delta')] });
    const end = { generationId: id, first: 1_000_015, frames: [frame(1_000_015, 'error')] };
    expect(
      await repository.finishInTransaction({ ...end, state: 'failed', endedAt: new Date(), usage: [] }),
    ).toBe(true);
    await asked;
    const { text } = await ai.app.get(`/api/ai/generations/${id}/events`, { token });
    expect(parseSseEvents(text).map((event) => event.id)).toEqual([
      ...Array.from({ length: 15 }, (_, at) => at + 1),
      1_000_015,
    ]);
  });

  it('keep a batch that was committed without an acknowledgement', async () => {
    ai.fakeProviders.first?.script({ tokens: 6, hold: 3 });
    const asked = generateStream(ai.app, { conversation_id: conversation }, { token });
    const id = await getRunningGenerationId();
    const repository = ai.app.nest.get(GenerationEventRepository);
    await waitUntil(async () => ((await repository.readPage(id, 0))?.frames.length ?? 0) >= 2, 5000);
    const stored = (await repository.readPage(id, 0))?.frames ?? [];
    const next = `id: ${stored.length + 1}\nevent: delta\ndata: {"content":"lost "}\n\n`;
    // The batch that is stored next, as if the acknowledgement of its first attempt had been lost.
    expect(
      await repository.appendEvents({ generationId: id, first: stored.length + 1, frames: [next] }),
    ).toBe(true);
    ai.fakeProviders.first?.releaseHeld();
    const events = await asked;
    expect(events.at(-1)?.event).toBe('done');
    const { text } = await ai.app.get(`/api/ai/generations/${id}/events`, { token });
    expect(parseSseEvents(text)).toEqual(events);
  });
});
