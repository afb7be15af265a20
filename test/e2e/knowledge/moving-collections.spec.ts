import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, COLLECTIONS_URL } from '@test/support/knowledge/documents.js';
import { insertFiles } from '@test/support/knowledge/given-files.js';
import {
  givenOrganization,
  type OrganizationFixture,
} from '@test/support/organizations/given-organizations.js';

const FILES = 2_000;
const ROUNDS = 4;
const WORD = { query: 'walnut', limit: 50 };
const MAX_MOVE_MS = 15_000;
const CHUNKS_ELSEWHERE = `SELECT FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
  WHERE c.partition_id <> d.partition_id LIMIT 1`;

jest.setTimeout(180_000);

describe('a collection of 2,000 files that moves while it is searched', () => {
  let app: TestApp;
  let organization: OrganizationFixture;
  let url: string;
  let documentId: string;

  beforeAll(async () => {
    app = await TestApp.start();
    organization = await givenOrganization(app);
    const { owner } = organization;
    const { body } = await expectStatus(
      201,
      callRag(app, owner, `POST ${COLLECTIONS_URL}`, { name: 'Folder' }),
    );
    url = `${COLLECTIONS_URL}/${body.id}`;
    await insertFiles(app, { collectionId: body.id as string, uploadedBy: owner.id, count: FILES });
    [{ id: documentId }] = (await app.sql('SELECT id FROM knowledge_documents LIMIT 1')) as [{ id: string }];
  });
  afterAll(() => app.stop());

  /** What a member without a right sees: nothing of the collection, on whatever route. */
  const READS: readonly [string, (answer: TestResponse) => boolean][] = [
    ['POST /api/knowledge/search', ({ body }) => body.total === 0 && body.results.length === 0],
    ['GET /api/rag/documents', ({ body }) => body.length === 0],
    ['GET /api/rag/collections', ({ body }) => body.length === 0],
  ];

  it('shows nothing to those who may not read it, from the answer of the move on', async () => {
    const { owner, member, organizationId } = organization;
    const times: number[] = [];
    let closedSince: number | undefined;
    let running = true;
    const seen: string[] = [];
    let judged = 0;
    const read = async (): Promise<void> => {
      for (let round = 0; running; round += 1) {
        const [route, isEmpty] = READS[round % 2 === 0 ? 0 : 1 + ((round >> 1) % 2)] ?? [];
        const wasClosed = closedSince;
        const answer = await callRag(app, member, route ?? '', route?.startsWith('POST') ? WORD : undefined);
        expect(answer.status).toBe(200);
        if (wasClosed === undefined || wasClosed !== closedSince) continue;
        judged += 1;
        if (!isEmpty?.(answer)) seen.push(`${route}: ${answer.text.slice(0, 200)}`);
      }
    };
    const move = async (body: object): Promise<void> => {
      const started = performance.now();
      await expectStatus(200, callRag(app, owner, `PATCH ${url}`, body));
      times.push(performance.now() - started);
    };
    closedSince = 0;
    const readers = [read(), read(), read()];
    for (let round = 1; round <= ROUNDS; round += 1) {
      closedSince = undefined;
      await move({ visibility: 'organization', organization_id: organizationId });
      expect((await callRag(app, member, `GET /api/rag/documents/${documentId}`)).status).toBe(200);
      await move({ visibility: 'private' });
      closedSince = round;
      const before = judged;
      expect((await callRag(app, member, `GET /api/rag/documents/${documentId}`)).status).toBe(404);
      await waitUntil(async () => Promise.resolve(judged > before + 20), 30_000);
    }
    running = false;
    await Promise.all(readers);
    expect(seen).toEqual([]);
    expect(Math.max(...times)).toBeLessThan(MAX_MOVE_MS);
    await waitUntil(async () => (await app.sql(CHUNKS_ELSEWHERE)).length === 0, 60_000);
    const { body } = await callRag(app, owner, 'POST /api/knowledge/search', WORD);
    expect(body.total).toBe(1_000);
    expect(await app.nest.get(StatisticsCheckRepository, { strict: false }).findDifferences()).toEqual([]);
  });
});
