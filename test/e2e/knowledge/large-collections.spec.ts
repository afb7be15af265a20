import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, COLLECTIONS_URL } from '@test/support/knowledge/documents.js';
import {
  givenOwnerWithId,
  inParallel,
  type OwnerWithId,
} from '@test/support/organizations/given-organizations.js';

const FILES = 5_000;

jest.setTimeout(120_000);

describe('a collection of 5,000 files', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.start();
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    const fields = { name: 'Folder', visibility: 'organization', organization_id: owner.organizationId };
    const { body } = await expectStatus(201, callRag(app, owner, `POST ${COLLECTIONS_URL}`, fields));
    url = `${COLLECTIONS_URL}/${body.id}`;
    await insertFiles(body.id as string);
  });

  /** Documents that are ready, with one chunk each, as the ingestion would leave them. */
  async function insertFiles(collectionId: string): Promise<void> {
    await app.sql(
      `WITH numbers AS MATERIALIZED (
         SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS version_id FROM generate_series(1, ${FILES}) n
       ), documents AS (
         INSERT INTO knowledge_documents (id, partition_id, uploaded_by, collection_id, path, title, metadata, version,
           ready_version, ready_version_id, created_at, updated_at)
         SELECT n.id, c.partition_id, $2, c.id, n.n || '.md', 'File', '{}', 1, 1, n.version_id, now(), now()
         FROM numbers n CROSS JOIN knowledge_collections c WHERE c.id = $1
       ), versions AS (
         INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
           progress_percent, warnings, chunk_count, text_length, created_at, updated_at)
         SELECT version_id, id, 1, n || '.md', 'text/markdown', 9, encode(sha256(n::text::bytea), 'hex'), 'ready', 100, '{}', 1,
           9, now(), now() FROM numbers
       )
       INSERT INTO knowledge_chunks (id, document_id, version_id, partition_id, ordinal, start_offset, end_offset,
         parent_start, parent_end, heading_path, context, content, configuration, words, length)
       SELECT gen_random_uuid(), n.id, n.version_id, c.partition_id, 0, 0, 9, 0, 9, '{}', 'File', 'walnut ' || n.n, 'simple',
         to_tsvector('simple', 'file walnut ' || n.n), 3
       FROM numbers n CROSS JOIN knowledge_collections c WHERE c.id = $1`,
      [collectionId, owner.id],
    );
    await app.sql(`DELETE FROM knowledge_terms`);
    await app.sql(`DELETE FROM knowledge_partition_statistics`);
    await app.sql(
      `INSERT INTO knowledge_terms SELECT c.partition_id, w.lexeme, count(*)
       FROM knowledge_chunks c CROSS JOIN LATERAL unnest(c.words) w GROUP BY 1, 2`,
    );
    await app.sql(
      `INSERT INTO knowledge_partition_statistics SELECT partition_id, configuration, count(*), sum(length)
       FROM knowledge_chunks GROUP BY 1, 2`,
    );
  }

  const manifest = async (): Promise<{ path: string; sha256: string }[]> =>
    app.sql(
      `SELECT n || '.md' AS path, encode(sha256(n::text::bytea), 'hex') AS sha256 FROM generate_series(1, ${FILES}) n`,
    );
  const sync = (body: object): Promise<TestResponse> =>
    expectStatus(200, callRag(app, owner, `POST ${url}/sync`, body));
  async function expectLeft(files: number): Promise<void> {
    const { body } = await expectStatus(
      200,
      callRag(app, owner, 'POST /api/knowledge/search', { query: 'walnut' }),
    );
    expect(body.total).toBe(Math.min(files, 1_000));
    expect(await app.nest.get(StatisticsCheckRepository, { strict: false }).findDifferences()).toEqual([]);
  }

  it('is compared and emptied by one sync each, once for many at the same time', async () => {
    const files = await manifest();
    const same = await sync({ files, delete_missing: true });
    expect(same.body).toMatchObject({ upload: [], delete: [] });
    expect(same.body.unchanged).toHaveLength(FILES);
    const kept = [...files.slice(0, 2), { path: 'new.md', sha256: '0'.repeat(64) }];
    const started = performance.now();
    const answers = await inParallel(3, () => sync({ files: kept, delete_missing: true }));
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(answers.map(({ body }) => body.delete.length).sort()).toEqual([0, 0, FILES - 2]);
    for (const { body } of answers) expect(body.unchanged).toEqual(['1.md', '2.md']);
    await expectLeft(2);
    const events = await app.sql(`SELECT FROM audit_events WHERE action = 'document.deleted'`);
    expect(events).toHaveLength(FILES - 2);
  });

  it('changes its readers, and is deleted with its documents', async () => {
    await expectStatus(200, callRag(app, owner, `PATCH ${url}`, { visibility: 'private' }));
    const { body } = await callRag(app, owner, 'POST /api/knowledge/search', {
      query: 'walnut',
      filters: { visibility: ['organization'] },
    });
    expect(body.total).toBe(2);
    await expectStatus(204, callRag(app, owner, `DELETE ${url}?documents=delete`));
    await expectLeft(2);
  });
});
