import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PassageSearch, QuotedSource } from '@/modules/conversations/index.js';
import { parseConfig } from '@/platform/config/index.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import type { Grounding } from '../grounding/grounding.js';
import type { ModelRequest } from '../models/language-model.js';
import { LocalProvider } from './local-provider.js';

type FindPassages = PassageSearch['find'];
type Passage = Awaited<ReturnType<FindPassages>>[number];

const passage = (id: string, content: string): Passage =>
  ({ type: 'note', id, conversationId: null, title: `Title ${id}`, content }) as Passage;

const REQUEST: ModelRequest = {
  model: 'local-extractive',
  messages: [
    { role: 'user', content: 'Earlier' },
    { role: 'user', content: 'When is the launch planned?' },
  ],
  requester: { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: true, conversationId: 'c' },
};

/** No documents are found. */
function createGroundings(): GroundingRegistry {
  const groundings = new GroundingRegistry();
  groundings.register({ findPassages: () => Promise.resolve([]) } as Partial<Grounding> as Grounding);
  return groundings;
}

describe('LocalProvider', () => {
  let searches: Parameters<FindPassages>[];

  function createProvider(passages: Passage[], env: Record<string, string> = {}): LocalProvider {
    searches = [];
    const search: Partial<PassageSearch> = {
      find: (...parameters) => {
        searches.push(parameters);
        return Promise.resolve(passages);
      },
    };
    return new LocalProvider(
      search as PassageSearch,
      createGroundings(),
      parseConfig({ NODE_ENV: 'test', ...env }),
    );
  }

  const answer = (provider: LocalProvider): ReturnType<LocalProvider['generate']> =>
    provider.generate(REQUEST, new AbortController().signal);

  it('quotes matching sentences with numbered sources, each text once', async () => {
    const { content, finishReason, usage, ...rest } = await answer(
      createProvider([
        passage('a', 'The launch is planned for May. The launch planned by Ada is late.'),
        passage('b', 'When the launch is planned, tell us!'),
      ]),
    );
    const sources = rest.sources as QuotedSource[];
    expect(sources.map(({ id }) => id).sort()).toEqual(['a', 'b']);
    const quotes = content.split('\n\n').filter((line) => line.startsWith('> '));
    sources.forEach(({ id, title, snippet }, index) => {
      expect(quotes.find((quote) => quote.endsWith(` [${index + 1}]`))).toBe(`> ${snippet} [${index + 1}]`);
      expect(title).toBe(`Title ${id}`);
      expect(content).toContain(`[${index + 1}] Title ${id} (note)`);
    });
    expect(quotes).toHaveLength(3);
    for (const quote of quotes) expect(quote).toMatch(/ \[[12]\]$/);
    expect([finishReason, usage]).toEqual(['stop', null]);
  });

  it('searches with the last message and the rights of the request', async () => {
    await answer(createProvider([]));
    expect(searches).toEqual([
      [REQUEST.requester, 'When is the launch planned?', { limit: 12, excludeLastUserMessageOf: 'c' }],
    ]);
  });

  it('quotes at most five sentences', async () => {
    const passages = Array.from({ length: 12 }, (_, index) =>
      passage(`p${index}`, `The launch is planned, plan ${index}.`),
    );
    const { content } = await answer(createProvider(passages));
    expect(content.match(/^> /gm)).toHaveLength(5);
  });

  it('says that it found nothing, and how to configure a provider only when none is', async () => {
    const without = (await answer(createProvider([passage('a', 'Cats sleep.')]))).content;
    expect(without).toContain('I found nothing about it');
    expect(without).toContain('OPENAI_API_KEY');
    const configured = (await answer(createProvider([], { OPENAI_API_KEY: 'sk-secret' }))).content;
    expect(configured).toContain('I found nothing about it');
    expect(configured).not.toContain('OPENAI_API_KEY');
  });

  it('streams the same text as it generates', async () => {
    const provider = createProvider([passage('a', 'The launch is planned for May.')]);
    const { content, ...metadata } = await answer(provider);
    const parts: string[] = [];
    const onText = (text: string): number => parts.push(text);
    const streamed = await provider.stream(REQUEST, new AbortController().signal, { onText });
    expect(parts.join('')).toBe(content);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts).not.toContain('');
    expect(streamed).toEqual(metadata);
  });

  it('throws the reason of an aborted signal', async () => {
    const reason = new Error('stopped');
    await expect(createProvider([]).generate(REQUEST, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('answers one question of a caller at a time', async () => {
    let running = 0;
    let maxRunning = 0;
    const find = async (): Promise<Passage[]> => {
      maxRunning = Math.max(maxRunning, (running += 1));
      await nextTurn();
      running -= 1;
      return [];
    };
    const provider = new LocalProvider(
      { find } as Partial<PassageSearch> as PassageSearch,
      createGroundings(),
      parseConfig({ NODE_ENV: 'test' }),
    );
    await Promise.all([1, 2, 3].map(() => answer(provider)));
    expect(maxRunning).toBe(1);
  });

  it('finds nothing without a message', async () => {
    const empty = { ...REQUEST, messages: [] };
    const { sources } = await createProvider([passage('a', 'Text.')]).generate(
      empty,
      new AbortController().signal,
    );
    expect(sources).toEqual([]);
  });
});
