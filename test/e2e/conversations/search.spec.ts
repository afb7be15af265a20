import {
  callAs,
  beginTurn,
  CONVERSATIONS_URL,
  givenExchange,
  appendAnswer,
  givenConversation,
  givenNote,
  NOTES_URL,
  sessionOwner,
  type SearchResultBody,
  search,
} from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

describe('search', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const findResults = (q: string, more?: string): Promise<SearchResultBody[]> => search(app, ada, q, more);
  const findIds = async (q: string, more?: string): Promise<string[]> =>
    (await findResults(q, more)).map(({ id }) => id);
  const createNote = (content: string, title?: string): Promise<string> =>
    givenNote(app, ada, { content, title });

  it('finds conversations, messages and notes', async () => {
    const id = await givenConversation(app, ada, { title: 'Marsupials' });
    const { userMessageId } = await beginTurn(app, sessionOwner(ada), id, 'Which marsupials live in trees?');
    const about = await givenNote(app, ada, {
      title: 'Zoo',
      content: 'The marsupial house',
      conversation_id: id,
    });
    const { body } = await expectStatus(200, callAs(app, ada, 'GET /api/core/search?q=%20marsupial%20'));
    expect(body).toEqual({ query: 'marsupial', total: 3, results: expect.any(Array) });
    const created = { created_at: expect.stringMatching(/Z$/), score: expect.any(Number) };
    const results = (body.results as SearchResultBody[]).sort((one, other) =>
      one.type.localeCompare(other.type),
    );
    expect(results).toEqual([
      {
        ...created,
        type: 'conversation',
        id,
        conversation_id: id,
        title: 'Marsupials',
        snippet: '<mark>Marsupials</mark>',
      },
      {
        ...created,
        type: 'message',
        id: userMessageId,
        conversation_id: id,
        title: 'Marsupials',
        snippet: 'Which <mark>marsupials</mark> live in trees?',
      },
      {
        ...created,
        type: 'note',
        id: about,
        conversation_id: id,
        title: 'Zoo',
        snippet: 'The <mark>marsupial</mark> house',
      },
    ]);
    for (const type of ['conversation', 'message', 'note']) {
      const only = (await findResults('marsupial', `&type=${type}`)).map((row) => row.type);
      expect(only).toEqual([type]);
    }
    expect(await findResults('marsupial', '&limit=2')).toHaveLength(2);
  });

  it('finds new and changed texts immediately, and no deleted ones', async () => {
    const id = await createNote('An ibex');
    expect(await findIds('ibex')).toEqual([id]);
    await expectStatus(
      200,
      callAs(app, ada, `PUT ${NOTES_URL}/${id}`, { content: 'A gnu', title: 'Serengeti' }),
    );
    expect(await findIds('ibex')).toEqual([]);
    expect(await findIds('gnu')).toEqual([id]);
    expect(await findIds('serengeti')).toEqual([id]);
    await expectStatus(204, callAs(app, ada, `DELETE ${NOTES_URL}/${id}`));
    expect(await findIds('gnu')).toEqual([]);
    const conversation = await givenConversation(app, ada, { title: 'Tapirs' });
    await givenExchange(app, sessionOwner(ada), conversation, ['Tapir?', 'A tapir.']);
    expect(await findIds('tapir')).toHaveLength(3);
    await callAs(app, ada, `PATCH ${CONVERSATIONS_URL}/${conversation}`, { title: 'Okapis' });
    expect(await findIds('tapir', '&type=conversation')).toEqual([]);
    expect(await findIds('okapi')).toEqual([conversation]);
    await callAs(app, ada, `DELETE ${CONVERSATIONS_URL}/${conversation}`);
    expect(await findIds('tapir okapi')).toEqual([]);
  });

  it('finds nothing of other users', async () => {
    const bob = await givenUserWithId(app);
    await givenNote(app, bob, { content: 'A private axolotl', title: 'axolotl' });
    const id = await givenConversation(app, bob, { title: 'axolotl' });
    await givenExchange(app, sessionOwner(bob), id, ['axolotl', 'axolotl']);
    expect(await findIds('axolotl')).toEqual([]);
    for (const trick of [`@${bob.id}`, `'@${bob.id}' | axolotl`, `axolotl') OR true --`, `axolotl:* & !x`])
      expect(await findIds(trick)).toEqual([]);
    expect(await search(app, bob, 'axolotl')).toHaveLength(4);
  });

  it('escapes markup, and marks only matches', async () => {
    const markup = `<script>alert("x")</script> <img src=x onerror=alert(1)> wombat & 'co' </mark><b>`;
    await createNote(`${markup} \u0005fake\u0006 \u0001`, '<i>title</i>');
    const [row] = await findResults('wombat');
    expect(row?.title).toBe('<i>title</i>');
    expect(row?.snippet).toBe(
      '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt; ' +
        '<mark>wombat</mark> &amp; &#39;co&#39; &lt;/mark&gt;&lt;b&gt; fake',
    );
    expect((await findResults('onerror'))[0]?.snippet).toContain('<mark>onerror</mark>');
  });

  it('finds words inside markup, paths, compounds and code', async () => {
    const id = await createNote(
      'List<Ferret> and TCP/IP, co-pilot, snake_case, https://example.com/a/path, C++',
    );
    for (const q of ['ferret', 'tcp', 'ip', 'TCP/IP', 'pilot', 'co-pilot', 'snake', 'path', 'lists'])
      expect([q, await findIds(q)]).toEqual([q, [id]]);
  });

  it('shows the part of a long text that matches', async () => {
    const filler = 'Nothing of interest is written here at all. ';
    await createNote(`${filler.repeat(400)}A lone capybara sits by the river. ${filler.repeat(400)}`);
    const [row] = await findResults('capybara');
    expect(row?.snippet).toContain('lone <mark>capybara</mark> sits');
    expect(row?.snippet.length).toBeLessThan(600);
    for (const text of ['lorem '.repeat(9000), '\u{1f600}'.repeat(60_000)]) {
      await createNote(`${text} and the needlefish, happiness ${text.slice(0, 50)}`);
      for (const word of ['needlefish', 'happy']) {
        const [far] = await findResults(word);
        expect(far?.snippet).toMatch(/<mark>(needlefish|happiness)<\/mark>/);
        expect(far?.snippet.length).toBeLessThan(700);
      }
    }
    await createNote('東'.repeat(30_000));
    expect((await findResults('東'.repeat(20)))[0]?.snippet.length).toBeLessThan(700);
  });

  it('accepts any query, also one without words', async () => {
    await createNote('anything');
    const questions = [
      'the of and',
      '!!!',
      '🦉',
      "'",
      '\\',
      '|',
      '&',
      ':*',
      '()',
      '<->',
      '%',
      "a'b\\c",
      'x'.repeat(500),
    ];
    for (const q of questions) {
      const { body } = await expectStatus(
        200,
        callAs(app, ada, `GET /api/core/search?q=${encodeURIComponent(q)}`),
      );
      expect(body).toEqual({ query: q, total: 0, results: [] });
    }
    const many = Array.from({ length: 60 }, (_, index) => `w${index}`).join(' ');
    expect(await findIds(`${many} anything`)).toHaveLength(1);
    const bad = [
      '',
      '?q=',
      '?q=%20',
      `?q=${'x'.repeat(501)}`,
      '?q=a&limit=0',
      '?q=a&limit=101',
      '?q=a&type=x',
      '?q=%00',
      '?q=a&q=b',
    ];
    for (const query of bad)
      expect(statusAndCode(await callAs(app, ada, `GET /api/core/search${query}`))).toEqual([
        400,
        'validation_failed',
      ]);
  });

  it('ranks rare words higher than common ones, and short texts higher than long ones', async () => {
    for (let count = 0; count < 12; count += 1) await createNote(`report number ${count}`);
    const rare = await createNote('The report of the pangolin');
    expect((await findIds('report pangolin'))[0]).toBe(rare);
    const short = await createNote('A narwhal.');
    const long = await createNote(
      `A narwhal. ${'And then many other things were said about nothing. '.repeat(30)}`,
    );
    expect(await findIds('narwhal')).toEqual([short, long]);
    const titled = await createNote('Something about whales and the sea', 'Beluga');
    const named = await createNote('Something about a beluga and the sea', 'Whales');
    expect(await findIds('beluga')).toEqual([titled, named]);
    const both = await createNote('lynx and puma');
    await createNote('lynx and lynx');
    expect((await findIds('lynx puma'))[0]).toBe(both);
  });

  it('does not find system messages', async () => {
    const id = await givenConversation(app, ada);
    await app.sql(
      `INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
       VALUES (gen_random_uuid(), $1, 1, 'system', 'You are a meerkat.', '[]', now())`,
      [id],
    );
    await app.sql('UPDATE conversations SET message_count = 1 WHERE id = $1', [id]);
    await appendAnswer(app, id, { content: 'Hello' });
    expect(await findIds('meerkat')).toEqual([]);
  });

  it('counts and orders among thousands of entries that have the word', async () => {
    const id = await givenConversation(app, ada, { title: 'Crowd' });
    await app.sql(
      `INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
       SELECT gen_random_uuid(), $1, n, 'user', 'penguin colony ' || n, '[]', now() FROM generate_series(1, 6000) n`,
      [id],
    );
    await app.sql(
      `INSERT INTO search_entries
       SELECT m.id, 'message', $2, NULL, $1, NULL, false,
         to_tsvector('english', m.content) || array_to_tsvector(ARRAY['@' || $2::uuid::text]), 3, now()
       FROM messages m WHERE m.conversation_id = $1`,
      [id, ada.id],
    );
    const emperor = await createNote('The emperor of the penguin colony');
    const { body } = await expectStatus(200, callAs(app, ada, 'GET /api/core/search?q=emperor%20penguin'));
    expect(body.results[0].id).toBe(emperor);
    expect(body.results).toHaveLength(20);
    expect(body.total).toBeGreaterThan(20);
    const common = await expectStatus(
      200,
      callAs(app, ada, 'GET /api/core/search?q=penguin%20colony&limit=100'),
    );
    expect(common.body.results).toHaveLength(100);
    expect(common.body.total).toBeGreaterThanOrEqual(2000);
  });
});
