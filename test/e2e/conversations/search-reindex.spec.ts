import { Client } from 'pg';
import { ReindexRepository } from '@/modules/conversations/search/persistence/reindex.repository.js';
import { JobQueue } from '@/platform/jobs/index.js';
import {
  callAs,
  CONVERSATIONS_URL,
  givenExchange,
  givenConversation,
  givenNote,
  NOTES_URL,
  sessionOwner,
  search,
} from '@test/support/ai/conversations.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const STATUS_URL = '/api/core/search/status';
const REINDEX_URL = '/api/core/search/reindex';

describe('rebuilding the search index', () => {
  let app: TestApp;
  let operator: UserWithId & { organizationId: string };
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    operator = await givenOwnerWithId(app); // the first account is an operator
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const getStatus = async () => (await expectStatus(200, callAs(app, operator, `GET ${STATUS_URL}`))).body;
  const startReindex = (): Promise<TestResponse> => callAs(app, operator, `POST ${REINDEX_URL}`);
  const storedEntries = () => app.sql('SELECT * FROM search_entries ORDER BY source_id');

  /** Locks the first row of `table`, which blocks a rebuild until `release` is called. */
  async function holdLock(table: 'conversations' | 'notes'): Promise<{ release: () => Promise<void> }> {
    const client = new Client({ connectionString: app.databaseUrl });
    await client.connect();
    await client.query(`BEGIN; SELECT FROM ${table} ORDER BY id LIMIT 1 FOR UPDATE`);
    return { release: () => client.end() };
  }

  async function isBlocked(): Promise<boolean> {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await app.sql(waiting)).length > 0;
  }

  async function waitForReindex(): Promise<Awaited<ReturnType<typeof getStatus>>> {
    for (let times = 0; times < 300; times += 1) {
      const now = await getStatus();
      if (!now.reindex_in_progress) return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The rebuild did not finish in time.');
  }

  /** Deletes or changes one of Bob's notes, and creates a conversation, which every second call deletes again. */
  async function writeConcurrently(bob: UserWithId, index: number, note: string): Promise<void> {
    if (index % 3 === 0) await expectStatus(204, callAs(app, bob, `DELETE ${NOTES_URL}/${note}`));
    if (index % 3 === 1)
      await expectStatus(200, callAs(app, bob, `PUT ${NOTES_URL}/${note}`, { content: 'vicuna after' }));
    const conversation = await givenConversation(app, bob, { title: `vicuna ${index}` });
    await givenExchange(app, sessionOwner(bob), conversation, ['vicuna', 'vicuna']);
    if (index % 2 === 0)
      await expectStatus(204, callAs(app, bob, `DELETE ${CONVERSATIONS_URL}/${conversation}`));
  }

  it('is allowed for operators only', async () => {
    for (const route of [`GET ${STATUS_URL}`, `POST ${REINDEX_URL}`]) {
      expect(statusAndCode(await callAs(app, ada, route))).toEqual([403, 'operator_required']);
      expect((await app.call(...(route.split(' ') as [string, string]))).status).toBe(401);
      const at = { organizationId: operator.organizationId, by: operator };
      const weak = await givenApiKey(app, { ...at, scopes: ['conversations:read'] });
      expect(statusAndCode(await callAs(app, weak, route))).toEqual([403, 'insufficient_api_key_scope']);
      const strong = await givenApiKey(app, { ...at, scopes: ['api:write'] });
      expect((await callAs(app, strong, route)).status).toBe(200);
      await waitForReindex();
    }
  });

  it('restores the index from its sources, and deletes entries without a source', async () => {
    const id = await givenConversation(app, ada, { title: 'Dormouse' });
    await givenExchange(app, sessionOwner(ada), id, ['A dormouse?', 'A dormouse!']);
    for (let count = 0; count < 450; count += 1)
      await givenNote(app, ada, { content: `dormouse ${count}`, title: 'T' });
    const { organizationId } = operator;
    const key = await givenApiKey(app, { organizationId, by: operator, scopes: ['conversations:write'] });
    await givenNote(app, key, { content: 'dormouse' });
    const before = await storedEntries();
    expect(before).toHaveLength(454);
    await app.sql('DELETE FROM search_entries WHERE kind <> $1 OR random() < 0.5', ['conversation']);
    await app.sql(`UPDATE search_entries SET tsv = 'nonsense', length = 1`);
    await app.sql(
      `INSERT INTO search_entries SELECT gen_random_uuid(), 'message', owner_id, NULL, id, NULL, false, 'dormouse', 1, now()
       FROM conversations`,
    );
    expect((await expectStatus(200, startReindex())).body).toEqual({ status: 'started' });
    expect(await waitForReindex()).toEqual({
      status: 'ok',
      backend: 'postgresql',
      documents: 454,
      last_indexed_at: expect.stringMatching(/Z$/),
      reindex_in_progress: false,
      reindex: {
        total: 454,
        done: 454,
        started_at: expect.any(String),
        finished_at: expect.any(String),
        failed_reason: null,
      },
      knowledge: { retrieval: 'lexical', embeddings_model: null, reranks: false },
    });
    expect(await storedEntries()).toEqual(before);
  });

  it('is started by one of 20 concurrent requests', async () => {
    const held = await holdLock('notes');
    const responses = await inParallel(20, startReindex);
    await held.release();
    expect(responses.map(({ status: code }) => code)).toEqual(Array<number>(20).fill(200));
    expect(responses.filter(({ body }) => body.status === 'started')).toHaveLength(1);
    expect(responses.filter(({ body }) => body.status === 'already_running')).toHaveLength(19);
    await waitForReindex();
  });

  it.each(['conversations', 'notes'] as const)(
    'keeps concurrent writes and restores nothing that is deleted concurrently: blocked at the %s',
    async (table) => {
      const bob = await givenUserWithId(app);
      const notes: string[] = [];
      for (let index = 0; index < 60; index += 1)
        notes.push(await givenNote(app, bob, { content: `vicuna before ${index}` }));
      const held = await holdLock(table);
      await startReindex();
      await waitUntil(isBlocked, 15_000);
      await inParallel(30, (index) => writeConcurrently(bob, index, notes[index] ?? ''));
      const more = inParallel(30, (index) => writeConcurrently(bob, index + 30, notes[index + 30] ?? ''));
      await held.release();
      await more;
      await waitForReindex();
      const kinds = async (q: string, type: string): Promise<number> =>
        (await search(app, bob, q, `&limit=100&type=${type}`)).length;
      expect(await kinds('vicuna', 'note')).toBe(40);
      expect((await search(app, bob, 'before', '&limit=100')).length).toBe(0); // a stop word
      expect(await kinds('vicuna', 'message')).toBe(60);
      expect(await kinds('vicuna', 'conversation')).toBe(30);
      const found = await storedEntries();
      await startReindex();
      await waitForReindex();
      expect(await storedEntries()).toEqual(found);
    },
  );

  it('continues at the last batch after its process has died', async () => {
    await app.sql(
      `UPDATE search_reindex SET finished_at = NULL, stage = 'note', after = NULL, done = 7, run_id = $1`,
      [ada.id],
    );
    expect((await startReindex()).body).toEqual({ status: 'already_running' });
    await app.nest.get(JobQueue).enqueue('search.reindex', { run_id: ada.id });
    const { reindex } = await waitForReindex();
    const [{ count }] = (await app.sql<{ count: string }>('SELECT count(*) FROM notes')) as [
      { count: string },
    ];
    expect(reindex.done).toBe(7 + Number(count));
  });

  it('processes long texts in small batches', async () => {
    const notes = await app.sql<{ id: string }>(
      `INSERT INTO notes (id, owner_id, content, created_at, updated_at)
       SELECT gen_random_uuid(), $1, repeat('gazelle ', 10000), now(), now() FROM generate_series(1, 5) RETURNING id`,
      [ada.id],
    );
    const runs = app.nest.get(ReindexRepository, { strict: false });
    const counts: number[] = [];
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const { count, last } = await runs.reindexBatch('note', after);
      if (last === null) break;
      counts.push(count);
      after = last;
    }
    const [row] = await app.sql<{ count: number }>('SELECT count(*)::int AS count FROM notes');
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(row?.count);
    expect(counts.length).toBeGreaterThanOrEqual(5);
    expect((await search(app, ada, 'gazelle')).length).toBe(5);
    for (const { id } of notes) await expectStatus(204, callAs(app, ada, `DELETE ${NOTES_URL}/${id}`));
  });

  it('can be started again when the last run has made no progress for an hour', async () => {
    await app.sql('UPDATE search_reindex SET finished_at = NULL, failed_reason = $1', ['Broken']);
    expect(await getStatus()).toMatchObject({ status: 'degraded', reindex_in_progress: true });
    expect((await startReindex()).body).toEqual({ status: 'already_running' });
    await app.sql(`UPDATE search_reindex SET progressed_at = progressed_at - interval '1 hour'`);
    expect((await startReindex()).body).toEqual({ status: 'started' });
    expect(await waitForReindex()).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['another major version of PostgreSQL', 'server_major'],
    ['an earlier version of the server', 'words_version'],
  ])('starts by itself when %s has written the index', async (_name, version) => {
    await givenNote(app, ada, { content: `pangolin of ${version}` });
    const before = await storedEntries();
    await app.sql(`UPDATE search_index SET ${version} = 1`);
    await app.sql(`UPDATE search_entries SET tsv = 'stemmed-otherwise'`);
    await app.sql(`UPDATE search_reindex SET finished_at = NULL, ${version} = 1`); // died with the old server
    expect(await getStatus()).toMatchObject({ status: 'degraded' });
    const restarted = await TestApp.start({ siblingOf: app });
    expect(await waitForReindex()).toMatchObject({ status: 'ok' });
    expect(await storedEntries()).toEqual(before);
    expect((await search(app, ada, version)).length).toBe(1);
    const [{ run_id }] = (await app.sql<{ run_id: string }>('SELECT run_id FROM search_reindex')) as [
      { run_id: string },
    ];
    await restarted.stop();
    await (await TestApp.start({ siblingOf: app })).stop();
    expect(await app.sql('SELECT run_id FROM search_reindex')).toEqual([{ run_id }]); // only once
  });
});
