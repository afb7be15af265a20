import { SearchFixture } from '@test/support/knowledge/search-fixture.js';
import { UNKNOWN_ID } from '@test/support/organizations/given-organizations.js';

describe('a search with filters', () => {
  let fixture: SearchFixture;
  let collectionId: string;
  let first: string;
  let second: string;

  beforeAll(async () => {
    fixture = await SearchFixture.start();
  });
  afterAll(() => fixture.app.stop());
  beforeEach(async () => {
    await fixture.reset();
    collectionId = await fixture.documents.collection(fixture.partitionId);
    first = await fixture.add({
      title: 'First',
      chunks: ['otter'],
      collectionId,
      metadata: { year: 2024, tags: ['a', 'b'], draft: false },
      createdAt: '2024-05-01T00:00:00Z',
    });
    second = await fixture.add({
      title: 'Second',
      chunks: ['otter'],
      metadata: { year: '2024', name: 'it\'s "x"' },
      createdAt: '2025-05-01T00:00:00Z',
    });
  });

  const titles = (filters: object, more: object = {}): Promise<string[]> =>
    fixture.titles('otter', { filters, ...more });

  it('restricts documents and collections', async () => {
    expect(await titles({ document_ids: [first] })).toEqual(['First']);
    expect(await titles({ document_ids: [first, second] })).toEqual(['First', 'Second']);
    expect(await titles({ document_ids: [UNKNOWN_ID] })).toEqual([]);
    expect(await titles({ collection_ids: [collectionId] })).toEqual(['First']);
    expect(await titles({ collection_ids: [UNKNOWN_ID] })).toEqual([]);
  });

  it('restricts the time of creation, the end exclusive', async () => {
    expect(await titles({ created_from: '2025-05-01T00:00:00Z' })).toEqual(['Second']);
    expect(await titles({ created_to: '2025-05-01T00:00:00Z' })).toEqual(['First']);
    expect(
      await titles({ created_from: '2024-05-01T02:00:00+02:00', created_to: '2026-01-01T00:00:00Z' }),
    ).toEqual(['First', 'Second']);
  });

  it('restricts metadata to the given values, with their types', async () => {
    expect(await titles({ metadata: { year: 2024 } })).toEqual(['First']);
    expect(await titles({ metadata: { year: ['2024', 2023] } })).toEqual(['Second']);
    expect(await titles({ metadata: { year: [2024, '2024'] } })).toEqual(['First', 'Second']);
    expect(await titles({ metadata: { tags: 'b' } })).toEqual(['First']);
    expect(await titles({ metadata: { draft: false, year: 2024 } })).toEqual(['First']);
    expect(await titles({ metadata: { name: 'it\'s "x"' } })).toEqual(['Second']);
    expect(await titles({ metadata: { missing: 'x' } })).toEqual([]);
    expect(await titles({ metadata: {} })).toEqual(['First', 'Second']);
  });

  it('applies scope and visibility, both', async () => {
    expect(await titles({ visibility: ['private'] })).toEqual(['First', 'Second']);
    expect(await titles({ visibility: ['team', 'organization'] })).toEqual([]);
    expect(await titles({ visibility: ['private'] }, { scope: 'shared' })).toEqual([]);
    expect(await titles({}, { scope: 'private' })).toEqual(['First', 'Second']);
  });

  it('finds the match of a common word that a filter leaves', async () => {
    await fixture.add({
      title: 'Many',
      chunks: Array.from({ length: 700 }, (_, index) => `otter yak ${index}`),
    });
    expect(await fixture.titles('otter yak', { filters: { document_ids: [second] } })).toEqual(['Second']);
  });

  it.each([
    [{ query: 'x', filters: { author: 'me' } }, 'filters.author'],
    [{ query: 'x', filters: { document_ids: 'x' } }, 'filters.document_ids'],
    [{ query: 'x', filters: { document_ids: ['x'] } }, 'filters.document_ids'],
    [{ query: 'x', filters: { document_ids: [] } }, 'filters.document_ids'],
    [{ query: 'x', filters: { collection_ids: [null] } }, 'filters.collection_ids'],
    [{ query: 'x', filters: { visibility: ['public'] } }, 'filters.visibility'],
    [{ query: 'x', filters: { created_from: 'yesterday' } }, 'filters.created_from'],
    [{ query: 'x', filters: { metadata: { a: { b: 1 } } } }, 'filters.metadata'],
    [{ query: 'x', filters: { metadata: { a: [] } } }, 'filters.metadata'],
    [{ query: 'x', filters: { metadata: { a: null } } }, 'filters.metadata'],
    [{ query: 'x', filters: [] }, 'filters'],
    [{ query: 'x', filters: null }, 'filters'],
    [{ query: '  ' }, 'query'],
    [{ query: 'x'.repeat(2001) }, 'query'],
    [{}, 'query'],
    [{ query: 'x', limit: 0 }, 'limit'],
    [{ query: 'x', limit: 51 }, 'limit'],
    [{ query: 'x', limit: '5' }, 'limit'],
    [{ query: 'x', scope: 'mine' }, 'scope'],
    [{ query: 'x', conversation_id: 'y' }, 'conversation_id'],
    [{ query: 'x', offset: 1 }, 'offset'],
  ])('refuses %j', async (body, path) => {
    const { status, body: error } = await fixture.search(body);
    expect([status, error.code]).toEqual([400, 'validation_failed']);
    expect(error.detail.fields.map((field: { path: string }) => field.path)).toContain(path);
  });
});
