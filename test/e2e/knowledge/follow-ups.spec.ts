import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, generate, givenAiApp } from '@test/support/ai/ai-app.js';
import type { TestApp, TestResponse } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';

const COURSE = 'Adults pay 340 euros for the evening course. Children pay 170 euros for the evening course.';
const POOL = 'Adults pay 9 euros for the swimming pool. Pensioners pay 6 euros for the swimming pool.';
const FIRST = 'What does the evening course cost for children?';
const FOLLOW_UP = 'And for adults?';

jest.setTimeout(90_000);

describe('follow-up questions', () => {
  let ai: AiApp;
  let app: TestApp;
  let provider: FakeProvider;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    app = ai.app;
    provider = ai.fakeProviders.first as FakeProvider;
    token = (await givenUser(app)).accessToken;
    await givenReadyDocument(app, token, { title: 'Courses', text: COURSE });
    await givenReadyDocument(app, token, { title: 'Pool', text: POOL });
  });
  afterAll(() => ai.stop());

  async function givenConversation(fields: object = {}): Promise<string> {
    const { body } = await expectStatus(201, app.post('/api/core/conversations', fields, { token }));
    return body.id as string;
  }

  const ask = (query: string, conversation_id: string): Promise<TestResponse> =>
    expectStatus(200, app.post('/api/rag/query', { query, conversation_id }, { token }));

  it('are searched together with the question before them', async () => {
    const conversation = await givenConversation({ provider: 'local' });
    await ask(FIRST, conversation);
    const { body } = await ask(FOLLOW_UP, conversation);
    expect(body).toMatchObject({ supported: true, evaluator: 'extractive' });
    expect(body.answer).toMatch(/^Adults pay 340 euros for the evening course\. \[\d\]$/);
    expect(body.sources[0].title).toBe('Courses');
  });

  it('refer through another follow-up to the question before that', async () => {
    const conversation = await givenConversation({ provider: 'local' });
    await ask('What does the swimming pool cost for adults?', conversation);
    await ask('And for pensioners?', conversation);
    const { body } = await ask(FOLLOW_UP, conversation);
    expect(body.answer.split('\n')[0]).toMatch(/^Adults pay 9 euros for the swimming pool\./);
  });

  it('are answered by quotations that have a word of their own', async () => {
    const conversation = await givenConversation({ provider: 'local' });
    await ask(FIRST, conversation);
    expect((await ask('And for elephants?', conversation)).body).toMatchObject({ answer: null });
    const { body } = await ask(FOLLOW_UP, await givenConversation({ provider: 'local' }));
    expect(body.sentences).toHaveLength(2);
  });

  it('send nothing twice to a language model', async () => {
    const conversation = await givenConversation();
    provider.script({ text: 'Children pay 170 euros for the evening course. [1]' });
    await ask(FIRST, conversation);
    provider.script({ text: 'Adults pay 340 euros for the evening course. [1]' });
    const { body } = await ask(FOLLOW_UP, conversation);
    expect(body).toMatchObject({ supported: true, sources: [{ n: 1, title: 'Courses' }] });
    const sent = JSON.stringify(provider.requests.at(-1)?.body);
    for (const text of [FIRST, FOLLOW_UP, COURSE]) expect(sent.split(text)).toHaveLength(2);
  });

  it.each(['local', 'first'])('are understood from a conversation_history, by %s', async (name) => {
    provider.script({ text: 'Adults pay 340 euros for the evening course. [1]' });
    const conversation_history = [
      { role: 'system', content: 'The swimming pool is closed.' },
      { role: 'user', content: 'What does the swimming pool cost for pensioners?' },
      { role: 'assistant', content: 'Pensioners pay 6 euros.' },
      { role: 'user', content: FIRST },
      { role: 'assistant', content: '' },
    ];
    const body = { message: FOLLOW_UP, provider: name, use_knowledge: true, conversation_history };
    const answer = await expectStatus(200, generate(app, body, { token }));
    expect(answer.body).toMatchObject({ supported: true, sources: [{ title: 'Courses' }] });
    expect(answer.body.content).toMatch(/^Adults pay 340 euros for the evening course\. \[1\]/);
    if (name === 'local') return;
    const sent = JSON.stringify(provider.requests.at(-1)?.body);
    for (const text of [FIRST, FOLLOW_UP, COURSE]) expect(sent.split(text)).toHaveLength(2);
  });

  it('have a receipt with the question as it was asked, also from the built-in provider', async () => {
    const conversation_history = [{ role: 'user', content: FIRST }];
    const request = { message: FOLLOW_UP, provider: 'local', use_knowledge: true, conversation_history };
    const { body } = await expectStatus(200, generate(app, request, { token }));
    const receipt = await expectStatus(200, app.get(`/api/rag/receipts/${body.receipt_id}`, { token }));
    expect(receipt.body).toMatchObject({ status: 'valid', query: FOLLOW_UP, answer: body.content });
    const conversation = await givenConversation({ provider: 'local' });
    const asked = await ask(FIRST, conversation);
    const other = await expectStatus(200, app.get(`/api/rag/receipts/${asked.body.receipt_id}`, { token }));
    expect(other.body).toMatchObject({ status: 'valid', query: FIRST });
  });
});
