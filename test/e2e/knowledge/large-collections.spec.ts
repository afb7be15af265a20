import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, COLLECTIONS_URL } from '@test/support/knowledge/documents.js';
import { insertFiles } from '@test/support/knowledge/given-files.js';
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
  afterEach(() => app.sql('DELETE FROM knowledge_documents'));
  beforeEach(async () => {
    const fields = { name: 'Folder', visibility: 'organization', organization_id: owner.organizationId };
    const { body } = await expectStatus(201, callRag(app, owner, `POST ${COLLECTIONS_URL}`, fields));
    url = `${COLLECTIONS_URL}/${body.id}`;
    await insertFiles(app, { collectionId: body.id as string, uploadedBy: owner.id, count: FILES });
  });

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

  it('is refused with one file more', async () => {
    const files = Array.from({ length: FILES + 1 }, (_, n) => ({ path: `${n}.md`, sha256: '0'.repeat(64) }));
    const refused = await callRag(app, owner, `POST ${url}/sync`, { files });
    expect([refused.status, refused.body.code, refused.body.detail]).toMatchObject([
      413,
      'body_too_large',
      { field: 'files', max_files: FILES },
    ]);
  });

  it('changes its readers, and is deleted with its documents, by few writes to what all of them share', async () => {
    await countPartitionWrites();
    expect(await sumBytes()).toEqual({ organization: 9 * FILES });
    await expectStatus(200, callRag(app, owner, `PATCH ${url}`, { visibility: 'private' }));
    expect(await sumBytes()).toEqual({ private: 9 * FILES });
    const filters = { visibility: ['organization'] };
    const { body } = await callRag(app, owner, 'POST /api/knowledge/search', { query: 'walnut', filters });
    expect(body.total).toBe(0);
    await expectStatus(204, callRag(app, owner, `DELETE ${url}?documents=delete`));
    expect(await sumBytes()).toEqual({});
    await expectLeft(0);
    expect((await app.sql('SELECT FROM partition_writes')).length).toBeLessThan(20);
  });

  async function countPartitionWrites(): Promise<void> {
    await app.sql('CREATE TABLE partition_writes (id uuid)');
    await app.sql(`CREATE FUNCTION count_partition_write() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO partition_writes VALUES (NEW.id); RETURN NEW; END $$`);
    await app.sql(`CREATE TRIGGER partition_writes AFTER UPDATE ON knowledge_partitions
      FOR EACH ROW EXECUTE FUNCTION count_partition_write()`);
  }

  /** The bytes of all files by the visibility of their partition, without partitions that have none. */
  async function sumBytes(): Promise<Record<string, number>> {
    const rows = await app.sql<{ visibility: string; bytes: number }>(
      `SELECT visibility, sum(bytes)::int AS bytes FROM knowledge_partitions
       WHERE bytes <> 0 GROUP BY visibility`,
    );
    return Object.fromEntries(rows.map(({ visibility, bytes }) => [visibility, bytes]));
  }
});
