import { type Passage, Passages } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { givenKey } from '@test/support/auth/api-keys.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  begin,
  finish,
  givenConversation,
  givenNote,
  inOrganization,
  ownerIs,
} from '@test/support/ai/conversations.js';
import { givenFounder, givenPerson, type Person } from '@test/support/organizations/given-organizations.js';

describe('passages to quote', () => {
  let app: TestApp;
  let ada: Person;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenPerson(app);
  });
  afterAll(() => app.stop());

  const find = (question: string, owner: Owner = ownerIs(ada), except?: string): Promise<Passage[]> =>
    app.app
      .get(Passages, { strict: false })
      .find(owner, question, { limit: 5, exceptConversationTurn: except });

  it('are notes and messages of one’s own, the best first', async () => {
    const note = await givenNote(app, ada, { title: 'Herbs', content: 'Basil needs sun and water.' });
    await givenNote(app, ada, { content: 'Water the lawn' });
    const id = await givenConversation(app, ada, { title: 'Basil' });
    await begin(app, ownerIs(ada), id, 'Basil?');
    const bob = await givenPerson(app);
    await givenNote(app, bob, { content: 'Basil needs sun and water, says Bob.' });
    const found = await find('How much sun and water does basil need?');
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

  it('are neither the question itself nor what was quoted before', async () => {
    const id = await givenConversation(app, ada);
    const first = await begin(app, ownerIs(ada), id, 'Where do puffins nest?');
    await finish(app, id, { provider: 'local', content: 'You noted: puffins nest in burrows.' });
    await finish(app, id, { id: ada.id, provider: 'openai', content: 'Puffins nest on cliffs.' });
    const asked = await begin(app, ownerIs(ada), id, 'And where do puffins winter?');
    const all = (await find('puffins')).map((row) => row.id);
    expect(all.sort()).toEqual([first.userMessageId, ada.id, asked.userMessageId].sort());
    const rest = (await find('puffins', ownerIs(ada), id)).map((row) => row.id);
    expect(rest.sort()).toEqual([first.userMessageId, ada.id].sort());
  });

  it('stay in the organization of a key', async () => {
    const by = await givenFounder(app);
    const { organizationId } = by;
    const key = await givenKey(app, { organizationId, by, scopes: ['conversations:write'] });
    await givenNote(app, key, { content: 'Heron at work' });
    await givenNote(app, by, { content: 'Heron at home' });
    const contents = async (owner: Owner): Promise<string[]> =>
      (await find('heron', owner)).map(({ content }) => content).sort();
    expect(await contents(inOrganization(by, organizationId))).toEqual(['Heron at work']);
    expect(await contents(ownerIs(by))).toEqual(['Heron at home', 'Heron at work']);
    expect(await contents(inOrganization(ada, organizationId))).toEqual([]);
  });

  it('are bounded, and so is the time to find them', async () => {
    await givenNote(app, ada, { content: `stork ${'long '.repeat(10_000)}` });
    expect((await find('stork'))[0]?.content).toHaveLength(20_000);
    const question = Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(' ');
    expect(await find(question)).toEqual([]);
    expect(await find('of the')).toEqual([]);
  });
});
