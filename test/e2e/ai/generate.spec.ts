import { type AiApp, generate, givenAiApp, displayedText, generateStream } from '@test/support/ai/ai-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('POST /api/ai/generate', () => {
  let ai: AiApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  it('returns a whole answer with the documented fields', async () => {
    ai.fakeProviders.first?.script({ text: 'Here is a plan.' });
    const { body } = await expectStatus(
      200,
      generate(ai.app, { provider: 'auto', conversation_history: [] }, { token }),
    );
    expect(body).toMatchObject({
      content: 'Here is a plan.',
      provider: 'auto',
      model: expect.any(String),
      usage: {
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
      finish_reason: 'stop',
      message_id: null,
      conversation_id: null,
      sources: [],
      route: [{ provider: 'first', outcome: 'answered', attempts: 1, reason: null }],
    });
  });

  it('streams events that are numbered from one', async () => {
    ai.fakeProviders.first?.script({ text: 'Here is a plan.' });
    const events = await generateStream(ai.app, {}, { token });
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({
      event: 'start',
      data: { generation_id: expect.any(String), model: 'first-large' },
    });
    expect(displayedText(events)).toBe('Here is a plan.');
    expect(events.at(-1)).toMatchObject({
      event: 'done',
      data: { content: 'Here is a plan.', finish_reason: 'stop' },
    });
  });

  it('stores turns in a conversation and sends them with the next one', async () => {
    const { body: conversation } = await expectStatus(
      201,
      ai.app.post('/api/core/conversations', {}, { token }),
    );
    ai.fakeProviders.first?.script({ text: 'Hello Ada.' });
    await expectStatus(
      200,
      generate(ai.app, { message: 'I am Ada.', conversation_id: conversation.id }, { token }),
    );
    const events = await generateStream(
      ai.app,
      { message: 'Who am I?', conversation_id: conversation.id },
      { token },
    );
    const done = events.at(-1)?.data;
    const asked = ai.fakeProviders.first?.requests.at(-1)?.body as { messages: object[] };
    expect(asked.messages).toEqual([
      { role: 'user', content: 'I am Ada.' },
      { role: 'assistant', content: 'Hello Ada.' },
      { role: 'user', content: 'Who am I?' },
    ]);
    const { body: messages } = await ai.app.get(`/api/core/conversations/${conversation.id}/messages`, {
      token,
    });
    expect(messages.map(({ role, content }: { role: string; content: string }) => [role, content])).toEqual([
      ['user', 'I am Ada.'],
      ['assistant', 'Hello Ada.'],
      ['user', 'Who am I?'],
      ['assistant', 'Hello Ada.'],
    ]);
    expect(messages.at(-1).id).toBe(done.message_id);
    const { body: named } = await ai.app.get(`/api/core/conversations/${conversation.id}`, { token });
    expect(named).toMatchObject({ title: 'I am Ada.', message_count: 4 });
  });

  it.each([
    ['a number beyond all sense', 1e300],
    ['a fraction below nothing', -0.5],
    ['a word', 'many'],
  ])('keeps an answer with an invalid model name and token count: %s', async (_what, tokens) => {
    const model = `a\u0000b\ud800${'c'.repeat(10_000)}`;
    const usage = { prompt_tokens: tokens, completion_tokens: 5 };
    const choice = { index: 0, finish_reason: 'stop' };
    const said = { content: 'Hello.', model: `ab\ufffd${'c'.repeat(196)}` };
    const { body: conversation } = await expectStatus(
      201,
      ai.app.post('/api/core/conversations', {}, { token }),
    );
    const whole = { model, usage, choices: [{ ...choice, message: { content: 'Hello.' } }] };
    ai.fakeProviders.first?.script({ raw: JSON.stringify(whole) });
    for (const conversation_id of [undefined, conversation.id]) {
      const { body } = await expectStatus(200, generate(ai.app, { conversation_id }, { token }));
      expect(body).toMatchObject(said);
    }
    const chunk = { model, usage, choices: [{ ...choice, delta: { content: 'Hello.' } }] };
    ai.fakeProviders.first?.script({
      raw: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
      contentType: 'text/event-stream',
    });
    for (const conversation_id of [undefined, conversation.id]) {
      const events = await generateStream(ai.app, { conversation_id }, { token });
      expect(events.at(-1)).toMatchObject({ event: 'done', data: said });
    }
  });
});
