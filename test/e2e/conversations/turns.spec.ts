import { newId } from '@/platform/kernel/ids.js';
import {
  callAs,
  beginTurn,
  CONVERSATIONS_URL,
  givenExchange,
  appendAnswer,
  givenConversation,
  sessionOwner,
  search,
} from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, getNextUrl, listAllPages } from '@test/support/http/responses.js';
import {
  givenUserWithId,
  type UserWithId,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

interface Message {
  id: string;
  role: string;
  content: string;
  complete: boolean;
}

describe('messages of a conversation', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const listMessages = async (id: string): Promise<Message[]> =>
    (await listAllPages<Message>(app, `${CONVERSATIONS_URL}/${id}/messages?limit=100`, ada.accessToken)).rows;
  const getConversation = async (id: string) =>
    (await expectStatus(200, callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}`))).body;

  it('are listed as they were stored', async () => {
    const id = await givenConversation(app, ada, { provider: 'auto' });
    app.clock.advance(10);
    const turn = await beginTurn(app, sessionOwner(ada), id, 'What is photosynthesis?');
    expect(turn).toEqual({
      userMessageId: expect.any(String),
      provider: 'auto',
      ownerOrganizationId: null,
      history: [],
    });
    const source = {
      type: 'note' as const,
      id: newId(),
      conversation_id: null,
      title: 'Plants',
      snippet: 'Light',
    };
    const answer = {
      id: newId(),
      content: 'Light becomes sugar.',
      usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
      sources: [source],
    };
    expect(await appendAnswer(app, id, answer)).toBe(true);
    const { body } = await expectStatus(200, callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/messages`));
    const common = { conversation_id: id, complete: true, created_at: expect.stringMatching(/Z$/) };
    expect(body).toEqual([
      {
        ...common,
        id: turn.userMessageId,
        role: 'user',
        content: 'What is photosynthesis?',
        provider: null,
        model: null,
        finish_reason: null,
        sources: [],
        usage: null,
      },
      {
        ...common,
        ...answer,
        role: 'assistant',
        provider: 'openai',
        model: 'gpt-5-mini',
        finish_reason: 'stop',
      },
    ]);
    expect(await getConversation(id)).toMatchObject({ message_count: 2, title: 'What is photosynthesis?' });
    expect((await getConversation(id)).updated_at).toBe(body[1].created_at);
  });

  it('show which answers are incomplete', async () => {
    const id = await givenConversation(app, ada);
    for (const finishReason of ['stop', 'length', 'content_filter', 'stopped', 'error'] as const) {
      await beginTurn(app, sessionOwner(ada), id, finishReason);
      await appendAnswer(app, id, { content: 'x', finishReason });
    }
    const answers = (await listMessages(id)).filter(({ role }) => role === 'assistant');
    expect(answers.map(({ complete }) => complete)).toEqual([true, false, false, false, false]);
  });

  it('are the history of the next request, oldest first, without failed answers', async () => {
    const id = await givenConversation(app, ada);
    await givenExchange(app, sessionOwner(ada), id, ['one', 'two']);
    await beginTurn(app, sessionOwner(ada), id, 'three');
    await appendAnswer(app, id, { content: '', finishReason: 'error' });
    await beginTurn(app, sessionOwner(ada), id, 'four');
    await appendAnswer(app, id, { content: 'half of', finishReason: 'stopped' });
    const { history } = await beginTurn(app, sessionOwner(ada), id, 'five');
    expect(history).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: 'three' },
      { role: 'user', content: 'four' },
      { role: 'assistant', content: 'half of' },
    ]);
  });

  it('are stored once when a request is repeated after a failure', async () => {
    const id = await givenConversation(app, ada);
    const first = await beginTurn(app, sessionOwner(ada), id, 'Again?');
    const second = await beginTurn(app, sessionOwner(ada), id, 'Again?');
    expect(second).toEqual(first);
    const other = await beginTurn(app, sessionOwner(ada), id, 'Something else');
    expect(other.history).toEqual([{ role: 'user', content: 'Again?' }]);
    await appendAnswer(app, id);
    const third = await beginTurn(app, sessionOwner(ada), id, 'Something else');
    expect(third.userMessageId).not.toBe(other.userMessageId);
    expect(await listMessages(id)).toHaveLength(4);
  });

  it('are sent as history up to 200', async () => {
    const id = await givenConversation(app, ada);
    await app.sql(
      `INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
       SELECT gen_random_uuid(), $1, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'm' || n, '[]', now()
       FROM generate_series(1, 301) n`,
      [id],
    );
    await app.sql('UPDATE conversations SET message_count = 301 WHERE id = $1', [id]);
    const waiting = await beginTurn(app, sessionOwner(ada), id, 'm301');
    expect(waiting.history.map(({ content }) => content)).toEqual(
      Array.from({ length: 200 }, (_, index) => `m${index + 101}`),
    );
    await appendAnswer(app, id);
    const next = await beginTurn(app, sessionOwner(ada), id, 'next');
    expect(next.history).toHaveLength(200);
    expect(next.history.at(-1)?.content).toBe('Yes.');
  });

  it('that are appended concurrently have consecutive positions', async () => {
    const id = await givenConversation(app, ada);
    await inParallel(20, (index) => beginTurn(app, sessionOwner(ada), id, `turn ${index}`));
    await inParallel(10, (index) => appendAnswer(app, id, { content: `answer ${index}` }));
    const rows = await app.sql<{ seq: number }>(
      'SELECT seq FROM messages WHERE conversation_id = $1 ORDER BY seq',
      [id],
    );
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect((await getConversation(id)).message_count).toBe(30);
  });

  it('appended while their conversation is deleted are deleted with it or refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await givenConversation(app, ada);
      const outcomes = await Promise.all([
        ...Array.from({ length: 6 }, (_, index) =>
          beginTurn(app, sessionOwner(ada), id, `quokka ${index}`).then(
            () => 'stored',
            (error: { code: string }) => error.code,
          ),
        ),
        appendAnswer(app, id, { content: 'quokka' }),
        callAs(app, ada, `DELETE ${CONVERSATIONS_URL}/${id}`).then(({ status }) => status),
      ]);
      expect(outcomes.at(-1)).toBe(204);
      for (const outcome of outcomes.slice(0, 6))
        expect(['stored', 'conversation_not_found']).toContain(outcome);
      expect(await appendAnswer(app, id)).toBe(false);
      const left = await app.sql(
        `SELECT FROM messages WHERE conversation_id = $1
         UNION ALL SELECT FROM search_entries WHERE conversation_id = $1`,
        [id],
      );
      expect(left).toHaveLength(0);
    }
    expect(await search(app, ada, 'quokka')).toEqual([]);
  });

  it('cannot be appended to a conversation of another user', async () => {
    const bob = await givenUserWithId(app);
    const id = await givenConversation(app, bob);
    const not = expect.objectContaining({ code: 'conversation_not_found' });
    await expect(beginTurn(app, sessionOwner(ada), id, 'hi')).rejects.toEqual(not);
    await expect(beginTurn(app, sessionOwner(ada), UNKNOWN_ID, 'hi')).rejects.toEqual(not);
    expect((await callAs(app, bob, `GET ${CONVERSATIONS_URL}/${id}`)).body.message_count).toBe(0);
  });

  it('keep the text of a provider, except characters that the database cannot store', async () => {
    const id = await givenConversation(app, ada);
    const long = 'Ünïcödé 🦉 '.repeat(20_000);
    await beginTurn(app, sessionOwner(ada), id, 'x'.repeat(32_000));
    await appendAnswer(app, id, { content: `a\u0000b\ud800c ${long}` });
    expect((await listMessages(id))[1]?.content).toBe(`ab\ufffdc ${long}`);
  });

  it('give the conversation a title, unless it has one', async () => {
    const id = await givenConversation(app, ada);
    await givenExchange(app, sessionOwner(ada), id, ['hi', 'How can an aardvark help you today?']);
    expect((await getConversation(id)).title).toBe('How can an aardvark help you today?');
    await givenExchange(app, sessionOwner(ada), id, ['Tell me about wombats.', 'Gladly.']);
    expect((await getConversation(id)).title).toBe('How can an aardvark help you today?');
    expect((await search(app, ada, 'aardvark', '&type=conversation')).map((row) => row.id)).toEqual([id]);
    const named = await givenConversation(app, ada);
    await callAs(app, ada, `PATCH ${CONVERSATIONS_URL}/${named}`, { title: 'My own' });
    await givenExchange(app, sessionOwner(ada), named, ['Tell me about wombats.', 'Gladly.']);
    expect((await getConversation(named)).title).toBe('My own');
  });

  it('are listed once each, oldest first, on any page size', async () => {
    const id = await givenConversation(app, ada);
    for (let count = 0; count < 12; count += 1)
      await givenExchange(app, sessionOwner(ada), id, [`q${count}`, `a${count}`]);
    const all = (await listMessages(id)).map(({ content }) => content);
    expect(all).toEqual(Array.from({ length: 12 }, (_, index) => [`q${index}`, `a${index}`]).flat());
    for (const limit of [1, 5, 24, 25]) {
      const url = `${CONVERSATIONS_URL}/${id}/messages?limit=${limit}`;
      const { rows, pages } = await listAllPages<Message>(app, url, ada.accessToken);
      expect(rows.map(({ content }) => content)).toEqual(all);
      expect(pages).toBe(Math.ceil(24 / limit));
    }
    const last = await callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/messages?limit=24`);
    expect(getNextUrl(last)).toBeUndefined();
    const beyond = Buffer.from([0, 0, 0, 24]).toString('base64url');
    const empty = await callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/messages?cursor=${beyond}`);
    expect([empty.status, empty.body]).toEqual([200, []]);
  });
});
