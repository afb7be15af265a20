import { ChunkMoveService } from '@/modules/knowledge/chunks/chunk-move.service.js';
import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL } from '@test/support/knowledge/documents.js';
import { SearchFixture } from '@test/support/knowledge/search-fixture.js';
import {
  givenOrganization,
  type OrganizationFixture,
} from '@test/support/organizations/given-organizations.js';

/** More than a request moves. */
const CHUNKS = Array.from({ length: 450 }, (_, index) => `walnut tree number${index}`);

jest.setTimeout(90_000);

describe('a long document that moves to other readers', () => {
  let fixture: SearchFixture;
  let organization: OrganizationFixture;
  let documentId: string;

  beforeAll(async () => void (fixture = await SearchFixture.start()));
  afterAll(() => fixture.app.stop());
  beforeEach(async () => {
    organization = await givenOrganization(fixture.app);
    const partitionId = await fixture.documents.partition({ ownerId: organization.owner.id });
    documentId = await fixture.add({ partitionId, title: 'Trees', chunks: CHUNKS });
    await fixture.app.sql('UPDATE knowledge_documents SET uploaded_by = $2 WHERE id = $1', [
      documentId,
      organization.owner.id,
    ]);
  });

  const share = (): Promise<unknown> =>
    patch({ visibility: 'organization', organization_id: organization.organizationId });
  async function patch(body: object): Promise<void> {
    await expectStatus(
      200,
      callRag(fixture.app, organization.owner, `PATCH ${DOCUMENTS_URL}/${documentId}`, body),
    );
  }

  async function total(user: 'owner' | 'member', filters = {}): Promise<number> {
    const { body } = await fixture.search({ query: 'walnut', filters }, organization[user]);
    return body.total as number;
  }

  const countElsewhere = async (): Promise<number> =>
    (
      await fixture.app.sql(
        'SELECT FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id WHERE d.id = $1 AND c.partition_id <> d.partition_id',
        [documentId],
      )
    ).length;
  const waitForChunks = (): Promise<void> => waitUntil(async () => (await countElsewhere()) === 0, 30_000);
  const findDifferences = (): Promise<object[]> =>
    fixture.app.nest.get(StatisticsCheckRepository, { strict: false }).findDifferences();

  it('is found by its new readers whole, and counted in one place', async () => {
    await share();
    await waitForChunks();
    expect(await total('member')).toBe(CHUNKS.length);
    expect(await total('owner', { visibility: ['private'] })).toBe(0);
    expect(await findDifferences()).toEqual([]);
  });

  it('is not found by the readers before, from the moment of the answer on', async () => {
    await share();
    await waitForChunks();
    await patch({ visibility: 'private' });
    const found = await fixture.search({ query: 'walnut' }, organization.member);
    expect(found.body).toMatchObject({ total: 0, results: [] });
    await waitForChunks();
    expect(await total('member')).toBe(0);
    expect(await total('owner')).toBe(CHUNKS.length);
    expect(await findDifferences()).toEqual([]);
  });

  it('is whole after many moves and titles', async () => {
    for (let round = 0; round < 3; round += 1) {
      await share();
      await patch({ title: `Round ${round}` });
      await patch({ visibility: 'private' });
    }
    await waitForChunks();
    expect(await findDifferences()).toEqual([]);
    expect(await total('owner')).toBe(CHUNKS.length);
    await share();
    await expectStatus(
      204,
      callRag(fixture.app, organization.owner, `DELETE ${DOCUMENTS_URL}/${documentId}`),
    );
    expect(await findDifferences()).toEqual([]);
    expect(await total('member')).toBe(0);
  });

  it('keeps the chunks that have not left a place when that is deleted', async () => {
    const { app } = fixture;
    const [from] = await app.sql<{ id: string }>(
      'SELECT partition_id AS id FROM knowledge_documents WHERE id = $1',
      [documentId],
    );
    await share();
    await waitForChunks();
    await app.sql('UPDATE knowledge_chunks SET partition_id = $2 WHERE document_id = $1', [
      documentId,
      from?.id,
    ]);
    await app.sql('DELETE FROM knowledge_partitions WHERE id = $1', [from?.id]);
    expect((await fixture.search({ query: 'walnut' }, organization.member)).body.results).toEqual([]);
    await app.nest.get(ChunkMoveService, { strict: false }).follow([documentId]);
    expect(await total('member')).toBe(CHUNKS.length);
    expect(await findDifferences()).toEqual([]);
  });
});
