import { type Passage, PassageSearch } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import {
  beginTurn,
  appendAnswer,
  givenConversation,
  givenNote,
  apiKeyOwner,
  sessionOwner,
} from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('passages', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const findPassages = (
    question: string,
    owner: Owner = sessionOwner(ada),
    except?: string,
  ): Promise<Passage[]> =>
    app.nest
      .get(PassageSearch, { strict: false })
      .find(owner, question, { limit: 5, excludeLastUserMessageOf: except });

  it('are notes and messages of the owner, most relevant first', async () => {
    const note = await givenNote(app, ada, { title: 'Herbs', content: 'Basil needs sun and water.' });
    await givenNote(app, ada, { content: 'Water the lawn' });
    const id = await givenConversation(app, ada, { title: 'Basil' });
    await beginTurn(app, sessionOwner(ada), id, 'Basil?');
    const bob = await givenUserWithId(app);
    await givenNote(app, bob, { content: 'Basil needs sun and water, says Bob.' });
    const found = await findPassages('How much sun and water does basil need?');
    expect(found[0]).toEqual({
      type: 'note',
      id: note,
      conversationId: null,
      title: 'Herbs',
      content: 'Basil needs sun and water.',
      score: expect.any(Number),
    });
    expect(found.map(({ type }) => type).sort()).toEqual(['message', 'note', 'note']);
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
  });

  it('are neither the question itself nor answers that consist of quotations', async () => {
    const id = await givenConversation(app, ada);
    const first = await beginTurn(app, sessionOwner(ada), id, 'Where do puffins nest?');
    await appendAnswer(app, id, { provider: 'local', content: 'You noted: puffins nest in burrows.' });
    await appendAnswer(app, id, { id: ada.id, provider: 'openai', content: 'Puffins nest on cliffs.' });
    const asked = await beginTurn(app, sessionOwner(ada), id, 'And where do puffins winter?');
    const all = (await findPassages('puffins')).map((row) => row.id);
    expect(all.sort()).toEqual([first.userMessageId, ada.id, asked.userMessageId].sort());
    const rest = (await findPassages('puffins', sessionOwner(ada), id)).map((row) => row.id);
    expect(rest.sort()).toEqual([first.userMessageId, ada.id].sort());
  });

  it('are limited to the organization of an API key', async () => {
    const by = await givenOwnerWithId(app);
    const { organizationId } = by;
    const key = await givenApiKey(app, { organizationId, by, scopes: ['conversations:write'] });
    await givenNote(app, key, { content: 'Heron at work' });
    await givenNote(app, by, { content: 'Heron at home' });
    const contents = async (owner: Owner): Promise<string[]> =>
      (await findPassages('heron', owner)).map(({ content }) => content).sort();
    expect(await contents(apiKeyOwner(by, organizationId))).toEqual(['Heron at work']);
    expect(await contents(sessionOwner(by))).toEqual(['Heron at home', 'Heron at work']);
    expect(await contents(apiKeyOwner(ada, organizationId))).toEqual([]);
  });

  it('have a limited length, also for long questions', async () => {
    await givenNote(app, ada, { content: `stork ${'long '.repeat(10_000)}` });
    expect((await findPassages('stork'))[0]?.content).toHaveLength(20_000);
    const question = Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(' ');
    expect(await findPassages(question)).toEqual([]);
    expect(await findPassages('of the')).toEqual([]);
  });
});
