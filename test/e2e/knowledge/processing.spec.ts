import { join } from 'node:path';
import { DocumentExtractor } from '@/modules/knowledge/ingestion/extraction-process/document-extractor.service.js';
import { listProcesses } from '@/platform/persistence/embedded/processes.js';
import { useScriptedWorker } from '@test/support/app/extraction-worker.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { givenUser, type TestUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const SCRIPTED_WORKER = join(__dirname, '../../support/knowledge/scripted-worker.mjs');

jest.setTimeout(90_000);

describe('the processing of documents', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    useScriptedWorker(SCRIPTED_WORKER);
    app = await TestApp.start();
    user = await givenUser(app);
  });
  afterAll(async () => {
    useScriptedWorker(undefined);
    await app.stop();
  });

  const call = (method: string, path: string, body?: unknown): Promise<TestResponse> =>
    app.call(method, `/api/rag/documents${path}`, { body, token: user.accessToken });

  async function upload(text: string): Promise<string> {
    const { body } = await expectStatus(201, call('POST', '', { title: 'Title', text }));
    return body.id as string;
  }

  async function waitFor(id: string, expected: object, timeoutMs = 40_000): Promise<void> {
    const matches = async (): Promise<boolean> => {
      const { body } = await call('GET', `/${id}`);
      return Object.entries(expected).every(([name, value]) => body[name] === value);
    };
    await waitUntil(matches, timeoutMs);
  }

  async function expectFailure(id: string, code: string): Promise<void> {
    await waitFor(id, { status: 'failed' });
    expect((await call('GET', `/${id}`)).body.error).toMatchObject({ code });
  }

  const countChunks = async (id: string): Promise<number> =>
    (await app.sql('SELECT FROM knowledge_chunks WHERE document_id = $1', [id])).length;

  it('is cancelled while it waits, is extracted, or is indexed, and then never becomes ready', async () => {
    const extracted = await upload('hang 1');
    await waitFor(extracted, { status: 'processing' });
    const queued = await upload('fine 1');
    for (const id of [queued, extracted]) {
      const { body } = await expectStatus(200, call('POST', `/${id}/cancel`));
      expect(body).toMatchObject({ status: 'failed', stage: null, error: { code: 'cancelled' } });
      const again = await expectStatus(409, call('POST', `/${id}/cancel`));
      expect(again.body).toMatchObject({
        code: 'document_not_in_progress',
        detail: { status: 'failed', required_status: ['queued', 'processing'] },
      });
    }
    const indexed = await upload('slow 1');
    await waitFor(indexed, { stage: 'indexing' });
    await expectStatus(200, call('POST', `/${indexed}/cancel`));
    const next = await upload('fine 2');
    await waitFor(next, { status: 'ready' });
    await expectFailure(indexed, 'cancelled');
    expect(await countChunks(indexed)).toBe(0);
    expect(await countChunks(next)).toBe(2);
    await expectStatus(409, call('POST', `/${next}/cancel`));
  });

  it('is retried once, when many clients ask at the same time', async () => {
    const countFailures = async (): Promise<number> => {
      const { text } = await app.get('/metrics');
      return Number(/xentree_ingestions_total\{outcome="unreadable"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const id = await upload('exit 1');
    await expectFailure(id, 'unreadable');
    const before = await countFailures();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('POST', `/${id}/retry`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'document_not_in_progress')).toHaveLength(49);
    await waitUntil(async () => (await countFailures()) > before, 40_000);
    await expectFailure(id, 'unreadable');
    const jobs = await app.sql("SELECT FROM graphile_worker.jobs WHERE task_identifier LIKE 'ingestion%'");
    expect(jobs).toHaveLength(0);
    expect(await countFailures()).toBe(before + 1);
  });

  it('is retried only after a failure', async () => {
    const id = await upload('fine 3');
    await waitFor(id, { status: 'ready' });
    const { body } = await expectStatus(409, call('POST', `/${id}/retry`));
    expect(body.detail).toMatchObject({ status: 'ready', required_status: ['failed'] });
  });

  it('takes the last version that was uploaded during the processing', async () => {
    const id = await upload('hang 2');
    await waitFor(id, { status: 'processing' });
    for (const text of ['hang 3', 'slow 2', 'fine 4'])
      await expectStatus(200, call('PUT', `/${id}`, { text }));
    await waitFor(id, { status: 'ready', ready_version: 4 });
    const parts = await app.sql<{ data: Buffer }>(
      `SELECT p.data FROM knowledge_document_parts p JOIN knowledge_document_versions v ON v.id = p.version_id
       WHERE v.document_id = $1 AND p.kind = 'text'`,
      [id],
    );
    expect(parts.map(({ data }) => data.toString())).toEqual(['fine 4']);
  });

  it('fails with the reason when the process ends, and the next document does not', async () => {
    for (const [script, code] of [
      ['exit 2', 'unreadable'],
      ['abort 2', 'too_large'],
      ['memory 2', 'too_large'],
    ] as const)
      await expectFailure(await upload(script), code);
    await waitFor(await upload('fine 5'), { status: 'ready' });
  });

  it('fails when it takes longer than its time limit', async () => {
    const extractor = app.nest.get(DocumentExtractor, { strict: false });
    Object.assign(extractor, { timeLimit: () => 300 });
    const id = await upload('hang 4');
    await expectFailure(id, 'timed_out');
    delete (extractor as unknown as { timeLimit?: unknown }).timeLimit;
  });

  it('runs again when the process is killed from outside', async () => {
    const id = await upload('hang 5 about the opening hours of the shop');
    await waitFor(id, { status: 'processing' });
    await waitUntil(() => findWorkers().length === 1, 5_000);
    useScriptedWorker(undefined);
    findWorkers().forEach((pid) => process.kill(pid, 'SIGKILL'));
    await waitFor(id, { status: 'ready' });
    useScriptedWorker(SCRIPTED_WORKER);
    // The process that has read it would take the next document too.
    findWorkers('extraction-worker').forEach((pid) => process.kill(pid, 'SIGKILL'));
    await waitUntil(() => findWorkers('extraction-worker').length === 0, 5_000);
  });

  it('is followed by several clients to the end', async () => {
    const id = await upload('slow 3');
    const follow = (lastEventId?: string) =>
      app.get(`/api/rag/documents/${id}/events`, {
        token: user.accessToken,
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      });
    const streams = [follow(), follow()];
    await waitFor(id, { stage: 'indexing' });
    await expectStatus(200, call('POST', `/${id}/cancel`));
    for (const { text } of await Promise.all(streams)) {
      expect(text).toContain('event: stage\ndata: {"status":"processing","stage":"indexing","percent":70}');
      expect(text).toMatch(
        /id: 1999\nevent: end\ndata: {"status":"failed","error":{"code":"cancelled",[^}]*}}\n\n$/,
      );
      const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, value]) => Number(value));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    expect((await follow('1001')).text).toMatch(/^id: 1999\nevent: end/);
    expect((await follow('1999')).status).toBe(204);
  });

  it('is hidden from other users', async () => {
    const id = await upload('fine 6');
    const { accessToken: token } = await givenUser(app);
    for (const [method, path] of [
      ['POST', 'cancel'],
      ['POST', 'retry'],
      ['GET', 'events'],
    ] as const) {
      const { body, status } = await app.call(method, `/api/rag/documents/${id}/${path}`, { token });
      expect([status, body.code]).toEqual([404, 'document_not_found']);
    }
  });

  it('is reported in the metrics', async () => {
    const { text } = await app.get('/metrics');
    expect(text).toMatch(/xentree_ingestions_total{outcome="ready"} [1-9]/);
    expect(text).toMatch(/xentree_ingestions_total{outcome="cancelled"} [1-9]/);
    expect(text).toMatch(/xentree_ingestion_queue_length{status="queued"} \d/);
    expect(text).toMatch(/xentree_ingestion_stage_duration_seconds_count{stage="extracting"} [1-9]/);
  });
});

function findWorkers(program = 'scripted-worker'): number[] {
  return listProcesses()
    .filter(({ parent, command }) => parent === process.pid && command.includes(program))
    .map(({ pid }) => pid);
}
