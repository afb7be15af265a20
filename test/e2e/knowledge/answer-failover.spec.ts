import type { FakeProvider, ScriptedAnswer } from '@scripts/fake-provider.js';
import { type AiApp, displayedText, givenAiApp, parseSseEvents } from '@test/support/ai/ai-app.js';
import type { TestApp, TestResponse } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';

const FEES = {
  title: 'Course fees',
  text: 'A deposit of 80 euros is due with the application. It is taken off the course fee.\n\nThe fee of an evening course is 340 euros.',
};
const QUESTION = 'How much is the deposit?';
const LOST = ['It is taken off the course fee. [1] ', 'The fee of an evening', ' course is 340 euros. [1]'];
const ANSWER = 'A deposit of 80 euros is due with the application. [1]';

/** After so long, a provider that failed before is asked again. */
const CIRCUIT_SECONDS = 3600;

jest.setTimeout(120_000);

describe('answers from documents, when a model fails and the next one answers', () => {
  let ai: AiApp;
  let app: TestApp;
  let first: FakeProvider;
  let second: FakeProvider;
  let token: string;
  let documentId: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { env: { AI_PROVIDER_ORDER: 'first,second,local' } });
    app = ai.app;
    first = ai.fakeProviders.first as FakeProvider;
    second = ai.fakeProviders.second as FakeProvider;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    app.clock.advance(CIRCUIT_SECONDS);
    token = (await givenUser(app)).accessToken;
    documentId = await givenReadyDocument(app, token, FEES);
    second.script({ text: ANSWER, usage: { input: 70, output: 13 } });
  });

  /** Returns the answer to a question for which the first model was asked. */
  async function ask(fields: object = {}): Promise<TestResponse> {
    const before = first.requests.length;
    const answer = await expectStatus(
      200,
      app.post('/api/rag/query', { query: QUESTION, ...fields }, { token }),
    );
    expect(first.requests.length).toBeGreaterThan(before);
    return answer;
  }

  /** The answer, its receipt and its usage are those of the second model alone. */
  async function expectAnswerOfSecond(body: TestResponse['body']): Promise<void> {
    expect(body).toMatchObject({
      answer: ANSWER,
      supported: true,
      evaluator: 'second-large',
      sentences: [{ text: ANSWER, citations: [1], supported: true }],
      sources: [{ n: 1, document_id: documentId }],
    });
    const receipt = await expectStatus(200, app.get(`/api/rag/receipts/${body.receipt_id}`, { token }));
    expect(receipt.body).toMatchObject({ status: 'valid', query: QUESTION, answer: ANSWER });
    expect(receipt.body.sources).toHaveLength(1);
    const { body: usage } = await expectStatus(200, app.get('/api/ai/usage', { token }));
    const answered = usage.models.filter(({ provider }: { provider: string }) => provider === 'second');
    expect(answered).toMatchObject([{ requests: 1, total_tokens: 83 }]);
  }

  const FAULTS: [string, ScriptedAnswer][] = [
    ['refuses', { status: 503 }],
    ['hangs up', { hangUp: true }],
    ['sends an error before the first token', { errorAfter: 0 }],
    ['breaks off within the first sentence', { text: LOST, delayMs: 20, dropAfter: 1 }],
    ['ends its body after a whole sentence', { text: LOST, delayMs: 50, truncateAfter: 2 }],
    ['sends an error after a whole sentence', { text: LOST, delayMs: 50, errorAfter: 2 }],
  ];

  it.each(FAULTS)('are whole when the first one %s', async (_, fault) => {
    first.script(fault);
    await expectAnswerOfSecond((await ask()).body);
  });

  it.each(FAULTS)('are streamed when the first one %s', async (_, fault) => {
    first.script(fault);
    const events = parseSseEvents((await ask({ stream: true })).text);
    expect(displayedText(events)).toBe(ANSWER);
    const generation = events[0]?.data.generation_id as string;
    const again = await app.get(`/api/ai/generations/${generation}/events`, { token });
    expect(parseSseEvents(again.text)).toEqual(events);
    await expectAnswerOfSecond(events.at(-1)?.data);
  });

  it.each([false, true])('are one turn of a conversation (stream: %s)', async (stream) => {
    first.script({ text: LOST, delayMs: 50, dropAfter: 2 });
    const created = await expectStatus(201, app.post('/api/core/conversations', {}, { token }));
    const conversation_id = created.body.id as string;
    const answer = await ask({ conversation_id, stream });
    const body = stream ? parseSseEvents(answer.text).at(-1)?.data : answer.body;
    await expectAnswerOfSecond(body);
    const path = `/api/core/conversations/${conversation_id}/messages`;
    const { body: messages } = await expectStatus(200, app.get(path, { token }));
    expect(messages).toMatchObject([
      { role: 'user', content: QUESTION },
      {
        role: 'assistant',
        content: ANSWER,
        provider: 'second',
        sources: [{ n: 1, document_id: documentId }],
      },
    ]);
    const receipts = await app.sql('SELECT answer FROM knowledge_receipts WHERE conversation_id = $1', [
      conversation_id,
    ]);
    expect(receipts).toEqual([{ answer: ANSWER }]);
  });

  it('are quotations when every model fails', async () => {
    first.script({ text: LOST, delayMs: 50, dropAfter: 2 });
    second.script({ text: LOST, delayMs: 50, errorAfter: 2 });
    const events = parseSseEvents((await ask({ stream: true })).text);
    const { data } = events.at(-1) ?? {};
    expect(data).toMatchObject({ supported: true, evaluator: 'extractive', answer: displayedText(events) });
    expect(data.answer).toContain(ANSWER);
    const receipt = await expectStatus(200, app.get(`/api/rag/receipts/${data.receipt_id}`, { token }));
    expect(receipt.body).toMatchObject({ status: 'valid', answer: data.answer });
  });
});
