import { limitDocumentShares, type RankedChunk } from './retrieval-arm.js';

const chunk = (id: string, score = 1): RankedChunk => ({ id, documentId: id.charAt(0), score });
const ids = (chunks: RankedChunk[]): string => chunks.map(({ id }) => id).join(' ');

describe('the share of a document', () => {
  it.each([
    ['is half of the results', 'a1 a2 a3 a4 b1 b2 c1', 4, 'a1 a2 b1 b2'],
    ['is rounded up', 'a1 a2 a3 b1 b2', 3, 'a1 a2 b1'],
    ['is larger when others are too few', 'a1 a2 a3 a4 b1', 4, 'a1 a2 a3 b1'],
    ['is everything without others', 'a1 a2 a3', 2, 'a1 a2'],
    ['of one result is that result', 'a1 b1', 1, 'a1'],
    ['leaves fewer results as they are', 'a1 b1', 10, 'a1 b1'],
  ])('%s', (_name, found, limit, expected) => {
    expect(
      ids(
        limitDocumentShares(
          found.split(' ').map((id) => chunk(id)),
          limit,
        ),
      ),
    ).toBe(expected);
  });
});
