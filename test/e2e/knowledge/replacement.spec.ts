import { join } from 'node:path';
import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { HitRepository } from '@/modules/knowledge/retrieval/persistence/hit.repository.js';
import { listProcesses } from '@/platform/persistence/embedded/processes.js';
import { useScriptedWorker } from '@test/support/app/extraction-worker.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL, givenDocument } from '@test/support/knowledge/documents.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
} from '@test/support/organizations/given-organizations.js';

const SCRIPTED_WORKER = join(__dirname, '../../support/knowledge/scripted-worker.mjs');
const MAX_BYTES = 20_000;

jest.setTimeout(90_000);

/** The scripted extraction process sends as many chunks as the text says; after those of `held` it stops. */
describe('the replacement of the chunks of a document', () => {
  let app: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => {
    useScriptedWorker(SCRIPTED_WORKER);
    app = await TestApp.start({ env: { RAG_MAX_BYTES_PER_USER: String(MAX_BYTES) } });
  });
  afterAll(async () => {
    useScriptedWorker(undefined);
    await app.stop();
  });
  beforeEach(async () => void (owner = await givenOwnerWithId(app))); // no test waits for the ingestions of another

  const call = (route: string, body?: unknown): Promise<TestResponse> => {
    const [method, path] = route.split(' ');
    return callRag(app, owner, `${method} ${DOCUMENTS_URL}${path}`, body);
  };

  const matches = async (id: string, expected: object): Promise<boolean> => {
    const { body } = await call(`GET /${id}`);
    return Object.entries(expected).every(([name, value]) => body[name] === value);
  };

  async function given(text: string): Promise<string> {
    const { id } = await givenDocument(app, owner, { title: 'Title', text });
    await waitUntil(() => matches(id, { status: 'ready' }), 30_000);
    return id;
  }

  const countRows = async (id: string): Promise<number> =>
    (await app.sql('SELECT FROM knowledge_chunks WHERE document_id = $1', [id])).length;

  async function expectExactStatistics(): Promise<void> {
    const check = app.nest.get(StatisticsCheckRepository, { strict: false });
    expect(await check.findDifferences()).toEqual([]);
  }

  async function search(query: string): Promise<number> {
    const found = await callRag(app, owner, 'POST /api/knowledge/search', { query });
    return (await expectStatus(200, Promise.resolve(found))).body.total as number;
  }

  /** Uploads another version of a document whose chunks are all inserted, and which does not become ready. */
  async function hold(id: string, text: string, chunks: number): Promise<void> {
    await expectStatus(200, call(`PUT /${id}`, { text }));
    await waitUntil(async () => (await countRows(id)) === chunks, 30_000);
  }

  it('delays no other write in the partition, and keeps its statistics exact', async () => {
    const large = await given('many 600 walnut');
    const ids = await inParallel(5, (index) => given(`many 3 plum${index}`));
    await expectStatus(200, call(`PUT /${large}`, { text: 'many 3000 hazel' }));
    await waitUntil(() => matches(large, { stage: 'indexing' }), 30_000);
    let refused = 0;
    let round = 0;
    const write = (index: number): Promise<TestResponse> => {
      const id = ids[(index >> 2) % ids.length] ?? '';
      const shared = { visibility: 'organization', organization_id: owner.organizationId };
      if (index % 8 === 0) return call(`PUT /${id}`, { text: `many 2 pear${round}`, title: `Pear ${index}` });
      if (index % 8 === 1)
        return call(`PATCH /${id}`, (round + index) & 16 ? shared : { visibility: 'private' });
      if (index % 8 === 2) return call(`PATCH /${id}`, { title: `Title ${round}` });
      if (index === 19) return call(`DELETE /${ids.pop()}`);
      return call('POST ', { text: `many 2 fig${round} ${index}` });
    };
    for (; !(await matches(large, { status: 'ready' })) && round < 20; round += 1)
      for (const { status } of await inParallel(round === 0 ? 20 : 5, write))
        refused += status >= 500 ? 1 : 0;
    expect([round > 0, refused]).toEqual([true, 0]);
    await waitUntil(() => matches(large, { status: 'ready' }), 60_000);
    await expectExactStatistics();
    expect([await search('hazel'), await search('walnut')]).toEqual([1000, 0]);
  });

  it('shows readers the version before until all chunks of the next one are there', async () => {
    const id = await given('many 5 cedar');
    await hold(id, 'held 70 maple', 75);
    expect([await search('cedar'), await search('maple')]).toEqual([5, 0]);
    const chunks = await expectStatus(200, call(`GET /${id}/chunks?limit=100`));
    expect(chunks.body).toHaveLength(5);
    await expectExactStatistics();
    await expectStatus(200, call(`POST /${id}/cancel`));
    expect(await countRows(id)).toBe(5);
    await expectExactStatistics();
  });

  it('is found by a search that has ranked the chunks of the version before', async () => {
    const id = await given('many 5 rowan');
    const hits = app.nest.get(HitRepository, { strict: false });
    const findHits = hits.findHits.bind(hits);
    const spy = jest.spyOn(hits, 'findHits').mockImplementationOnce(async (...values) => {
      await expectStatus(200, call(`PUT /${id}`, { text: 'many 4 rowan' }));
      await waitUntil(() => matches(id, { status: 'ready', ready_version: 2 }), 30_000);
      return findHits(...values);
    });
    const { body } = await callRag(app, owner, 'POST /api/knowledge/search', { query: 'rowan' });
    spy.mockRestore();
    expect(body.total).toBe(4);
    expect(body.results.map((hit: { document_version: number }) => hit.document_version)).toEqual([
      2, 2, 2, 2,
    ]);
  });

  it('begins again when the extraction process dies after its last chunk', async () => {
    const id = await given('many 5 birch');
    await hold(id, 'held 70 aspen', 75);
    const workers = listProcesses().filter(
      ({ parent, command }) => parent === process.pid && command.includes('scripted-worker'),
    );
    workers.forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    await waitUntil(async () => (await countRows(id)) === 75, 30_000);
    expect([await search('birch'), await search('aspen')]).toEqual([5, 0]);
    await expectStatus(200, call(`PUT /${id}`, { text: 'many 3 alder' }));
    await waitUntil(() => matches(id, { status: 'ready', ready_version: 3 }), 30_000);
    expect([await countRows(id), await search('alder'), await search('birch')]).toEqual([3, 3, 0]);
    await expectExactStatistics();
  });

  it('ends with the deletion of the document, which leaves nothing', async () => {
    const id = await given('many 5 olive');
    await hold(id, 'held 70 lemon', 75);
    await expectStatus(204, call(`DELETE /${id}`));
    expect(await countRows(id)).toBe(0);
    await expectExactStatistics();
    await given('many 2 lime'); // the extraction process is free
    expect(await search('olive lemon')).toBe(0);
  });

  it('never stores more than the owner may, whatever arrives at the same time', async () => {
    const user = await givenUserWithId(app);
    const text = (index: number): string => `many 1 quota ${index} `.padEnd(3_000, 'x');
    const answers = await inParallel(20, (index) =>
      callRag(app, user, `POST ${DOCUMENTS_URL}`, { text: text(index) }),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.length - refused.length).toBe(Math.floor(MAX_BYTES / 3_000));
    expect(new Set(refused.map((answer) => statusAndCode(answer).join()))).toEqual(
      new Set(['413,storage_full']),
    );
    const [{ bytes } = { bytes: 0 }] = await app.sql<{ bytes: number }>(
      'SELECT bytes::int FROM knowledge_partitions WHERE owner_id = $1',
      [user.id],
    );
    expect(bytes).toBe(Math.floor(MAX_BYTES / 3_000) * 3_000);
  });
});
