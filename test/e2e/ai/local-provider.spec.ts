import { parseSseEvents, generate, displayedText, generateStream } from '@test/support/ai/ai-app.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenOwnerWithId } from '@test/support/organizations/given-organizations.js';

const LOCAL_ANSWER_NOTICE = 'No language model answered this; I only quote what you have written yourself:';
const NOTHING_FOUND = /No language model answered this, and I found nothing about it/;

describe('the built-in provider', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    token = (await givenUser(app)).accessToken;
  });

  async function createNote(title: string, content: string, by = token): Promise<string> {
    return (await expectStatus(201, app.post('/api/core/notes', { title, content }, { token: by }))).body
      .id as string;
  }

  async function createConversation(by = token): Promise<string> {
    return (await expectStatus(201, app.post('/api/core/conversations', {}, { token: by }))).body
      .id as string;
  }

  function ask(message: string, body: object = {}, by = token): Promise<TestResponse> {
    return expectStatus(200, generate(app, { message, ...body }, { token: by }));
  }

  it("quotes the user's own notes with their sources, and says that it is no model", async () => {
    const id = await createNote(
      'Kick-off',
      'The launch is planned for 4 May. We invited the whole team. Lunch is at noon.',
    );
    await createNote('Groceries', 'Buy apples and pears.');
    const { body } = await ask('When is the launch planned?');
    expect(body).toMatchObject({
      provider: 'auto',
      model: 'local-extractive',
      finish_reason: 'stop',
      usage: null,
      route: [{ provider: 'local', outcome: 'answered' }],
      sources: [{ type: 'note', id, title: 'Kick-off', snippet: 'The launch is planned for 4 May.' }],
    });
    expect(body.content).toContain(LOCAL_ANSWER_NOTICE);
    expect(body.content).toContain('> The launch is planned for 4 May. [1]');
    expect(body.content).toContain('[1] Kick-off (note)');
    expect(body.content).not.toMatch(/apples|Lunch/);
  });

  it('streams the same text, with the sources before the last event', async () => {
    await createNote('Kick-off', 'The launch is planned for 4 May.');
    const whole = (await ask('When is the launch planned?')).body;
    const events = await generateStream(app, { message: 'When is the launch planned?' }, { token });
    expect(displayedText(events)).toBe(whole.content);
    expect(events.map(({ event }) => event).slice(-2)).toEqual(['sources', 'done']);
    expect(events.at(-2)?.data).toEqual({ sources: whole.sources });
    expect(events.at(-1)?.data).toMatchObject({ content: whole.content, sources: whole.sources });
  });

  it('quotes earlier conversations, but neither the question nor its own answers', async () => {
    const earlier = await createConversation();
    await ask('Remember that my locker number is 4471.', { conversation_id: earlier });
    const now = await createConversation();
    const first = (await ask('What is my locker number?', { conversation_id: now })).body;
    expect(first.content).toContain('> Remember that my locker number is 4471. [1]');
    expect(first.sources).toMatchObject([{ type: 'message', conversation_id: earlier }]);
    const second = (await ask('What is my locker number?', { conversation_id: now })).body;
    const quotes = (second.content as string).split('\n').filter((line) => line.startsWith('> '));
    expect(quotes).toContain('> Remember that my locker number is 4471. [1]');
    expect(quotes.every((line) => !line.includes('I only quote') && !line.startsWith('> >'))).toBe(true);
    expect(new Set(quotes.map((line) => line.replace(/ \[\d+\]$/, ''))).size).toBe(quotes.length);
  });

  it('never quotes texts of other users', async () => {
    const secret = 'The vault opens with the word marzipan.';
    const founder = await givenOwnerWithId(app);
    await createNote('Vault', secret, founder.accessToken);
    await ask(
      secret,
      { conversation_id: await createConversation(founder.accessToken) },
      founder.accessToken,
    );
    const question = 'Which word opens the vault?';
    const told = await ask(question);
    expect(told.body.content).toMatch(NOTHING_FOUND);
    expect(told.text).not.toContain('marzipan');
    expect(parseSseEvents((await ask(question, { stream: true })).text).at(-1)?.data.content).toMatch(
      NOTHING_FOUND,
    );
    const by = { organizationId: founder.organizationId, by: founder };
    const { key } = await givenApiKey(app, { ...by, scopes: ['conversations:write'] });
    const through = await generate(app, { message: question }, { headers: { 'x-api-key': key } });
    expect([through.status, through.text.includes('marzipan')]).toEqual([200, false]);
    expect((await ask(question, {}, founder.accessToken)).text).toContain('marzipan');
  });

  it('writes notices that neither search nor titles contain, and quotations that search finds', async () => {
    const id = await createConversation();
    await ask('puffin?', { conversation_id: id });
    const noteId = await createNote('Birds', 'Every puffin nests in a burrow.');
    await ask('Where does a puffin nest?', { conversation_id: id });
    const find = async (q: string): Promise<{ type: string; id: string }[]> =>
      (await expectStatus(200, app.get(`/api/core/search?q=${encodeURIComponent(q)}`, { token }))).body
        .results;
    expect(await find('language model answered')).toEqual([]);
    expect((await find('burrow')).map(({ type }) => type).sort()).toEqual(['message', 'note']);
    expect((await find('burrow')).map((row) => row.id)).toContain(noteId);
    const conversation = await app.get(`/api/core/conversations/${id}`, { token });
    expect(conversation.body.title).toBe('puffin?');
  });

  it('explains how to configure a provider when it finds nothing', async () => {
    for (const message of [
      'Write a poem about the sea.',
      '???',
      'the of and',
      '你好',
      "'; DROP TABLE notes; --",
    ]) {
      const { body } = await ask(message);
      expect(body.content).toMatch(NOTHING_FOUND);
      expect(body.content).toContain('OPENAI_API_KEY');
      expect(body.sources).toEqual([]);
    }
  });

  it('can be named, uses no tokens, and is listed among the providers', async () => {
    const { body } = await ask('Hello', { provider: 'local' });
    expect(body).toMatchObject({ provider: 'local', model: 'local-extractive' });
    const { body: usage } = await app.get('/api/ai/usage', { token });
    expect(usage).toMatchObject({ total_tokens: 0 });
    const { body: list } = await app.get('/api/ai/providers', { token });
    expect(list.providers.filter(({ available }: { available: boolean }) => available)).toMatchObject([
      { id: 'auto' },
      { id: 'local', models: ['local-extractive'] },
    ]);
  });

  it('does not quote deleted texts', async () => {
    const id = await createNote('Kick-off', 'The launch is planned for 4 May.');
    await expectStatus(204, app.delete(`/api/core/notes/${id}`, { token }));
    expect((await ask('When is the launch planned?')).body.content).toMatch(NOTHING_FOUND);
  });
});
