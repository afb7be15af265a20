import fc from 'fast-check';
import { appendAnswer, givenConversation, givenNote } from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

/** Texts with everything that JSON escapes, and characters of any length in UTF-8. */
const contentArbitrary = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', '/', '\u0001', '\b', '\f', '\n', '\r', '\t', '\u007f', '\u2028', '</'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 60,
  })
  .filter((text) => text.trim() !== '' && text.isWellFormed() && !text.includes('\u0000'));

/** PostgreSQL writes the rows of these lists as JSON; the server writes the same rows elsewhere. */
describe('the rows of a list that PostgreSQL writes', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const get = async (url: string): Promise<unknown> =>
    (await expectStatus(200, app.get(url, { token: ada.accessToken }))).body;

  it('are the notes as they are read one by one', async () => {
    const conversation = await givenConversation(app, ada);
    const contents = fc.sample(contentArbitrary, 40);
    const ids: string[] = [];
    for (const [index, content] of contents.entries()) {
      const link = index % 2 ? {} : { conversation_id: conversation, title: `A "title" \\ ${index}` };
      ids.unshift(await givenNote(app, ada, { content, ...link }));
    }
    const notes = await Promise.all(ids.map((id) => get(`/api/core/notes/${id}`)));
    expect(await get('/api/core/notes?limit=100')).toEqual(notes);
  });

  it('are the messages as they are exported', async () => {
    const id = await givenConversation(app, ada);
    const source = {
      type: 'note' as const,
      id,
      conversation_id: null,
      title: 'A "title"\n',
      snippet: '\\ <b>',
    };
    const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
    const answers = [
      {
        provider: 'openai',
        model: 'model "a"',
        finishReason: 'stop' as const,
        usage,
        sources: [source, source],
      },
      { finishReason: 'length' as const },
      { finishReason: 'error' as const, content: '' },
      {},
    ];
    for (const content of fc.sample(contentArbitrary, 20))
      for (const answer of answers) await appendAnswer(app, id, { content, ...answer });
    const { messages } = (await get(`/api/core/conversations/${id}/export?format=json`)) as {
      messages: unknown[];
    };
    expect(messages).toHaveLength(80);
    expect(await get(`/api/core/conversations/${id}/messages?limit=100`)).toEqual(messages);
  });

  it('are none of an empty list', async () => {
    const { accessToken: token } = await givenUserWithId(app);
    const response = await expectStatus(200, app.get('/api/core/notes', { token }));
    expect([response.text, response.headers['content-type']]).toEqual([
      '[]',
      'application/json; charset=utf-8',
    ]);
  });
});
