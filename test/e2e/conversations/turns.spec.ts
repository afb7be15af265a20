import { newId } from '@/platform/kernel/ids.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  ask,
  begin,
  CONVERSATIONS,
  exchange,
  finish,
  givenConversation,
  ownerIs,
  search,
} from '@test/support/ai/conversations.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  givenPerson,
  nextOf,
  type Person,
  together,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

interface Message {
  id: string;
  role: string;
  content: string;
  complete: boolean;
}

describe('turns of a conversation', () => {
  let app: TestApp;
  let ada: Person;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenPerson(app);
  });
  afterAll(() => app.stop());

  const messages = async (id: string): Promise<Message[]> =>
    (await walk<Message>(app, `${CONVERSATIONS}/${id}/messages?limit=100`, ada.accessToken)).rows;
  const show = async (id: string) =>
    (await expectStatus(200, ask(app, ada, `GET ${CONVERSATIONS}/${id}`))).body;

  it('are shown as they were stored', async () => {
    const id = await givenConversation(app, ada, { provider: 'auto' });
    app.clock.advance(10);
    const turn = await begin(app, ownerIs(ada), id, 'What is photosynthesis?');
    expect(turn).toEqual({
      userMessageId: expect.any(String),
      provider: 'auto',
      ownerOrganizationId: null,
      history: [],
    });
    const source = { type: 'note', id: newId(), conversation_id: null, title: 'Plants', snippet: 'Light' };
    const answer = {
      id: newId(),
      content: 'Light becomes sugar.',
      usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
      sources: [source],
    };
    expect(await finish(app, id, answer)).toBe(true);
    const { body } = await expectStatus(200, ask(app, ada, `GET ${CONVERSATIONS}/${id}/messages`));
    const common = { conversation_id: id, complete: true, created_at: expect.stringMatching(/Z$/) };
    expect(body).toEqual([
      {
        ...{ ...common, id: turn.userMessageId, role: 'user', content: 'What is photosynthesis?' },
        ...{ provider: null, model: null, finish_reason: null, sources: [], usage: null },
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
    expect(await show(id)).toMatchObject({ message_count: 2, title: 'What is photosynthesis?' });
    expect((await show(id)).updated_at).toBe(body[1].created_at);
  });

  it('say which answers were cut', async () => {
    const id = await givenConversation(app, ada);
    for (const finishReason of ['stop', 'length', 'content_filter', 'stopped', 'error'] as const) {
      await begin(app, ownerIs(ada), id, finishReason);
      await finish(app, id, { content: 'x', finishReason });
    }
    const answers = (await messages(id)).filter(({ role }) => role === 'assistant');
    expect(answers.map(({ complete }) => complete)).toEqual([true, false, false, false, false]);
  });

  it('are sent along as history, oldest first, without answers that never came', async () => {
    const id = await givenConversation(app, ada);
    await exchange(app, ownerIs(ada), id, ['one', 'two']);
    await begin(app, ownerIs(ada), id, 'three');
    await finish(app, id, { content: '', finishReason: 'error' });
    await begin(app, ownerIs(ada), id, 'four');
    await finish(app, id, { content: 'half of', finishReason: 'stopped' });
    const { history } = await begin(app, ownerIs(ada), id, 'five');
    expect(history).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: 'three' },
      { role: 'user', content: 'four' },
      { role: 'assistant', content: 'half of' },
    ]);
  });

  it('are stored once when they are repeated after a failure', async () => {
    const id = await givenConversation(app, ada);
    const first = await begin(app, ownerIs(ada), id, 'Again?');
    const second = await begin(app, ownerIs(ada), id, 'Again?');
    expect(second).toEqual(first);
    const other = await begin(app, ownerIs(ada), id, 'Something else');
    expect(other.history).toEqual([{ role: 'user', content: 'Again?' }]);
    await finish(app, id);
    const third = await begin(app, ownerIs(ada), id, 'Something else');
    expect(third.userMessageId).not.toBe(other.userMessageId);
    expect(await messages(id)).toHaveLength(4);
  });

  it('of the past are sent along up to 200', async () => {
    const id = await givenConversation(app, ada);
    await app.sql(
      `INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
       SELECT gen_random_uuid(), $1, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'm' || n, '[]', now()
       FROM generate_series(1, 301) n`,
      [id],
    );
    await app.sql('UPDATE conversations SET message_count = 301 WHERE id = $1', [id]);
    const waiting = await begin(app, ownerIs(ada), id, 'm301');
    expect(waiting.history.map(({ content }) => content)).toEqual(
      Array.from({ length: 200 }, (_, index) => `m${index + 101}`),
    );
    await finish(app, id);
    const next = await begin(app, ownerIs(ada), id, 'next');
    expect(next.history).toHaveLength(200);
    expect(next.history.at(-1)?.content).toBe('Yes.');
  });

  it('that begin at the same moment follow one another', async () => {
    const id = await givenConversation(app, ada);
    await together(20, (index) => begin(app, ownerIs(ada), id, `turn ${index}`));
    await together(10, (index) => finish(app, id, { content: `answer ${index}` }));
    const rows = await app.sql<{ seq: number }>(
      'SELECT seq FROM messages WHERE conversation_id = $1 ORDER BY seq',
      [id],
    );
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect((await show(id)).message_count).toBe(30);
  });

  it('either come before the end of their conversation or find it gone', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await givenConversation(app, ada);
      const outcomes = await Promise.all([
        ...Array.from({ length: 6 }, (_, index) =>
          begin(app, ownerIs(ada), id, `quokka ${index}`).then(
            () => 'stored',
            (error: { code: string }) => error.code,
          ),
        ),
        finish(app, id, { content: 'quokka' }),
        ask(app, ada, `DELETE ${CONVERSATIONS}/${id}`).then(({ status }) => status),
      ]);
      expect(outcomes.at(-1)).toBe(204);
      for (const outcome of outcomes.slice(0, 6))
        expect(['stored', 'conversation_not_found']).toContain(outcome);
      expect(await finish(app, id)).toBe(false);
      const left = await app.sql(
        `SELECT FROM messages WHERE conversation_id = $1
         UNION ALL SELECT FROM search_entries WHERE conversation_id = $1`,
        [id],
      );
      expect(left).toHaveLength(0);
    }
    expect(await search(app, ada, 'quokka')).toEqual([]);
  });

  it('cannot begin in a conversation of somebody else', async () => {
    const bob = await givenPerson(app);
    const id = await givenConversation(app, bob);
    const not = expect.objectContaining({ code: 'conversation_not_found' });
    await expect(begin(app, ownerIs(ada), id, 'hi')).rejects.toEqual(not);
    await expect(begin(app, ownerIs(ada), UNKNOWN_ID, 'hi')).rejects.toEqual(not);
    expect((await ask(app, bob, `GET ${CONVERSATIONS}/${id}`)).body.message_count).toBe(0);
  });

  it('keep what a provider wrote, without what no database keeps', async () => {
    const id = await givenConversation(app, ada);
    const long = 'Ünïcödé 🦉 '.repeat(20_000);
    await begin(app, ownerIs(ada), id, 'x'.repeat(32_000));
    await finish(app, id, { content: `a\u0000b\ud800c ${long}` });
    expect((await messages(id))[1]?.content).toBe(`ab\ufffdc ${long}`);
  });

  it('name the conversation, unless somebody did', async () => {
    const id = await givenConversation(app, ada);
    await exchange(app, ownerIs(ada), id, ['hi', 'How can an aardvark help you today?']);
    expect((await show(id)).title).toBe('How can an aardvark help you today?');
    await exchange(app, ownerIs(ada), id, ['Tell me about wombats.', 'Gladly.']);
    expect((await show(id)).title).toBe('How can an aardvark help you today?');
    expect((await search(app, ada, 'aardvark', '&type=conversation')).map((row) => row.id)).toEqual([id]);
    const named = await givenConversation(app, ada);
    await ask(app, ada, `PATCH ${CONVERSATIONS}/${named}`, { title: 'My own' });
    await exchange(app, ownerIs(ada), named, ['Tell me about wombats.', 'Gladly.']);
    expect((await show(named)).title).toBe('My own');
  });

  it('are paged oldest first, each on one page whatever the size of the pages', async () => {
    const id = await givenConversation(app, ada);
    for (let count = 0; count < 12; count += 1)
      await exchange(app, ownerIs(ada), id, [`q${count}`, `a${count}`]);
    const all = (await messages(id)).map(({ content }) => content);
    expect(all).toEqual(Array.from({ length: 12 }, (_, index) => [`q${index}`, `a${index}`]).flat());
    for (const limit of [1, 5, 24, 25]) {
      const url = `${CONVERSATIONS}/${id}/messages?limit=${limit}`;
      const { rows, pages } = await walk<Message>(app, url, ada.accessToken);
      expect(rows.map(({ content }) => content)).toEqual(all);
      expect(pages).toBe(Math.ceil(24 / limit));
    }
    const last = await ask(app, ada, `GET ${CONVERSATIONS}/${id}/messages?limit=24`);
    expect(nextOf(last)).toBeUndefined();
    const beyond = Buffer.from([0, 0, 0, 24]).toString('base64url');
    const empty = await ask(app, ada, `GET ${CONVERSATIONS}/${id}/messages?cursor=${beyond}`);
    expect([empty.status, empty.body]).toEqual([200, []]);
  });
});
