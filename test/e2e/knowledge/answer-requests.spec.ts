import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import type { TestApp, TestResponse } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';
import { inParallel } from '@test/support/organizations/given-organizations.js';

const QUESTION = 'How much is the deposit?';
const ANSWER = 'A deposit of 80 euros is due with the application. [1]';

jest.setTimeout(90_000);

describe('requests for answers from documents', () => {
  let ai: AiApp;
  let app: TestApp;
  let provider: FakeProvider;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    app = ai.app;
    provider = ai.fakeProviders.first as FakeProvider;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    token = (await givenUser(app)).accessToken;
    const text = 'A deposit of 80 euros is due with the application. It is taken off the course fee.';
    await givenReadyDocument(app, token, { title: 'Course fees', text });
    provider.script({ text: ANSWER });
  });

  function ask(body: object, key?: string): Promise<TestResponse> {
    const headers = key === undefined ? undefined : { 'idempotency-key': key };
    return app.post('/api/rag/query', { query: QUESTION, ...body }, { token, headers });
  }

  it('with the same idempotency key, at the same time, are one generation', async () => {
    const before = provider.requests.length;
    const answers = await inParallel(20, () => ask({}, 'same'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.receipt_id as string)).size).toBe(1);
    expect(provider.requests).toHaveLength(before + 1);
  });

  it('with the same idempotency key and another body are refused', async () => {
    await expectStatus(200, ask({}, 'reused'));
    for (const other of [{ query: 'How long?' }, { filters: { visibility: ['private'] } }])
      expect(statusAndCode(await ask(other, 'reused'))).toEqual([409, 'idempotency_key_reused']);
  });

  it('have other idempotency keys than chats', async () => {
    await expectStatus(200, ask({}, 'shared'));
    const chat = { message: QUESTION };
    const headers = { 'idempotency-key': 'shared' };
    const { body } = await expectStatus(200, app.post('/api/ai/generate', chat, { token, headers }));
    expect(body).toMatchObject({ content: ANSWER });
  });

  it('do not find the conversation of another user', async () => {
    const other = (await givenUser(app)).accessToken;
    const created = await expectStatus(201, app.post('/api/core/conversations', {}, { token: other }));
    const response = await ask({ conversation_id: created.body.id });
    expect(statusAndCode(response)).toEqual([404, 'conversation_not_found']);
    expect((await ask({ conversation_id: null })).body).toMatchObject({ supported: true });
  });

  it('with an event stream refused in the body return JSON', async () => {
    const headers = { accept: 'text/event-stream' };
    const body = { query: QUESTION, stream: false };
    const response = await expectStatus(200, app.post('/api/rag/query', body, { token, headers }));
    expect(response.body).toMatchObject({ supported: true, answer: ANSWER });
  });

  it.each([
    ['stop words', 'the and of'],
    ['punctuation', '!!! ??? "'],
    ['SQL', `'); DROP TABLE users; --`],
    ['operators of a text search', 'a & | ! <-> :* \\'],
    ['empty quotations', '"" "“ ” «»'],
    ['1,000 words', 'x '.repeat(1_000).trim()],
  ])('have no error for %s', async (_, query) => {
    expect((await ask({ query })).status).toBe(200);
    const search = { query, limit: 50 };
    expect((await app.post('/api/knowledge/search', search, { token })).status).toBe(200);
  });
});
