import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp, parseSseEvents } from '@test/support/ai/ai-app.js';
import { StreamReader } from '@test/support/ai/stream-reader.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';
import {
  givenOrganization,
  type OrganizationFixture,
} from '@test/support/organizations/given-organizations.js';

const FEES = {
  title: 'Course fees',
  text: 'A deposit of 80 euros is due with the application. It is taken off the course fee.',
};
const QUESTION = { query: 'How much is the deposit?' };

jest.setTimeout(120_000);

describe('answers from documents that are interrupted', () => {
  let ai: AiApp;
  let app: TestApp;
  let provider: FakeProvider;
  let organization: OrganizationFixture;
  let documentId: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    app = ai.app;
    await app.nest.listen(0, '127.0.0.1');
    provider = ai.fakeProviders.first as FakeProvider;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    organization = await givenOrganization(app);
    const { organizationId, owner } = organization;
    documentId = await givenReadyDocument(app, owner.accessToken, {
      ...FEES,
      visibility: 'organization',
      organization_id: organizationId,
    });
  });

  /** A stream that has its first sentence, of an answer that takes long. */
  async function givenRunningAnswer(): Promise<StreamReader> {
    const filler = Array.from({ length: 500 }, () => 'The moon is made of cheese. ');
    const text = ['A deposit of 80 euros is due with the application. [1] ', ...filler];
    provider.script({ text, delayMs: 40 });
    const token = organization.member.accessToken;
    const reader = await StreamReader.open(`${await app.nest.getUrl()}/api/rag/query`, {
      token,
      body: { ...QUESTION, stream: true },
    });
    expect((await reader.waitForEvents(2)).map(({ event }) => event)).toEqual(['start', 'delta']);
    return reader;
  }

  it('keep their sources and their receipt when they are stopped', async () => {
    const reader = await givenRunningAnswer();
    const token = organization.member.accessToken;
    await expectStatus(200, app.post(`/api/ai/generations/${reader.generationId}/stop`, {}, { token }));
    const done = (await reader.waitForEnd()).at(-1);
    expect(done).toMatchObject({
      event: 'done',
      data: { supported: true, sources: [{ n: 1, document_id: documentId }] },
    });
    await expectStatus(200, app.get(`/api/rag/receipts/${done?.data.receipt_id}`, { token }));
    const url = `/api/rag/documents/${documentId}`;
    await expectStatus(204, app.delete(url, { token: organization.owner.accessToken }));
    const events = await app.get(`/api/ai/generations/${reader.generationId}/events`, { token });
    expect(parseSseEvents(events.text).at(-1)?.data.sources).toEqual([{ n: 1, state: 'gone' }]);
  });

  it.each([
    [
      'leaves the organization',
      'DELETE',
      () => `/api/organizations/${organization.organizationId}/members/${organization.member.id}`,
    ],
    ['loses the document to its deletion', 'DELETE', () => `/api/rag/documents/${documentId}`],
    ['loses the document to its owner', 'PATCH', () => `/api/rag/documents/${documentId}`],
  ])('end with an error within a second when the asker %s', async (_, method, url) => {
    const reader = await givenRunningAnswer();
    const body = method === 'PATCH' ? { visibility: 'private' } : undefined;
    const response = await app.call(method, url(), { token: organization.owner.accessToken, body });
    expect(response.status).toBeLessThan(300);
    const events = await reader.waitForEnd();
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'sources_gone' } });
    expect(JSON.stringify(events)).not.toContain(documentId);
  });

  it.each([
    ['loses its connection', { dropAfter: 2 }],
    ['ends its body', { truncateAfter: 2 }],
    ['sends an error', { errorAfter: 2 }],
  ])('end with an error, and are stored as failed, when the provider %s midway', async (_, end) => {
    const token = organization.member.accessToken;
    const created = await expectStatus(
      201,
      app.post('/api/core/conversations', { provider: 'first' }, { token }),
    );
    const conversation_id = created.body.id as string;
    const text = [
      'A deposit of 80 euros is due with the application. [1] It is',
      ' taken off',
      ' the course fee. [1]',
    ];
    provider.script({ text, delayMs: 100, ...end });
    const ask = { ...QUESTION, conversation_id, stream: true };
    const events = parseSseEvents((await app.post('/api/rag/query', ask, { token })).text);
    expect(events.map(({ event }) => event)).toEqual(['start', 'delta', 'error']);
    expect(events.at(-1)?.data).toMatchObject({ code: 'provider_failed' });
    const generation = events[0]?.data.generation_id as string;
    const again = await app.get(`/api/ai/generations/${generation}/events`, { token });
    expect(parseSseEvents(again.text)).toEqual(events);
    const { body: messages } = await app.get(`/api/core/conversations/${conversation_id}/messages`, {
      token,
    });
    expect(messages).toMatchObject([
      { role: 'user', content: QUESTION.query },
      {
        role: 'assistant',
        content: 'A deposit of 80 euros is due with the application. [1]',
        finish_reason: 'error',
        sources: [],
      },
    ]);
    expect(
      await app.sql('SELECT FROM knowledge_receipts WHERE conversation_id = $1', [conversation_id]),
    ).toEqual([]);
    provider.script({ text: text.join('') });
    const answer = await expectStatus(200, app.post('/api/rag/query', { ...ask, stream: false }, { token }));
    expect(answer.body).toMatchObject({ supported: true, sources: [{ n: 1, document_id: documentId }] });
    const sent = provider.requests.at(-1)?.body as { messages: { role: string }[] };
    expect(sent.messages.map(({ role }) => role)).not.toContain('assistant'); // the failed answer is not sent along
  });
});
