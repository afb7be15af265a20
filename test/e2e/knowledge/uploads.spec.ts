import { createHash } from 'node:crypto';
import { TestApp } from '@test/support/app/test-app.js';
import { JSON_TYPE, sendRaw } from '@test/support/http/invalid-input.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  callRag,
  COLLECTIONS_URL,
  DOCUMENTS_URL,
  fileForm,
  upload,
} from '@test/support/knowledge/documents.js';
import {
  givenUserWithId,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Returns the fields that the ingestion, which begins at once, does not change. */
function stableFields(document: Record<string, unknown>): Record<string, unknown> {
  const changing = [
    'ready_version',
    'status',
    'stage',
    'progress_percent',
    'language',
    'chunk_count',
    'updated_at',
  ];
  return Object.fromEntries(Object.entries(document).filter(([name]) => !changing.includes(name)));
}

describe('uploads', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start({ env: { RAG_MAX_FILE_BYTES: '600000' } });
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  it('create a document of a file, with fields before and after it', async () => {
    const content = 'Öffnungszeiten: Montag bis Freitag.';
    const created = await expectStatus(
      201,
      upload(app, ada, {
        content,
        filename: 'größe_öffnung.txt',
        fieldsBefore: { title: 'Opening hours' },
        fields: { metadata: '{"course":"B1"}', visibility: 'private', team_id: '' },
      }),
    );
    expect(stableFields(created.body)).toEqual({
      id: expect.any(String),
      title: 'Opening hours',
      filename: 'größe_öffnung.txt',
      content_type: 'text/plain',
      size: Buffer.byteLength(content),
      sha256: sha256(content),
      version: 1,
      error: null,
      warnings: [],
      visibility: 'private',
      organization_id: null,
      team_id: null,
      conversation_id: null,
      collection_id: null,
      path: null,
      uploaded_by: ada.id,
      metadata: { course: 'B1' },
      created_at: expect.stringMatching(/Z$/),
    });
    const read = await expectStatus(200, callRag(app, ada, `GET ${DOCUMENTS_URL}/${created.body.id}`));
    expect(stableFields(read.body)).toEqual(stableFields(created.body));
    const list = await expectStatus(200, callRag(app, ada, `GET ${DOCUMENTS_URL}`));
    expect(list.body.map(stableFields)).toEqual([stableFields(created.body)]);
  });

  it('create a document of a text', async () => {
    const request = { title: 'Notes', text: '# Notes\n\nOne.' };
    const { body } = await expectStatus(201, callRag(app, ada, `POST ${DOCUMENTS_URL}`, request));
    expect(body).toMatchObject({ title: 'Notes', filename: 'Notes.txt', sha256: sha256(request.text) });
  });

  it('store files that are larger than a part', async () => {
    const content = Buffer.alloc(600_000, 'abcdefghij');
    const { body } = await expectStatus(201, upload(app, ada, { content }));
    expect(body).toMatchObject({ size: 600_000, sha256: sha256(content) });
    const rows = await app.sql<{ data: Buffer }>(
      `SELECT p.data FROM knowledge_document_parts p JOIN knowledge_document_versions v ON v.id = p.version_id
       WHERE v.document_id = $1 AND p.kind = 'original' ORDER BY part`,
      [body.id],
    );
    expect(rows).toHaveLength(3);
    expect(Buffer.concat(rows.map(({ data }) => data)).equals(content)).toBe(true);
  });

  it('answer with the existing document for the same bytes', async () => {
    const first = await expectStatus(201, upload(app, ada, { content: 'Same.' }));
    const again = await expectStatus(200, upload(app, ada, { content: 'Same.', fields: { title: 'Other' } }));
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('make one document of ten equal uploads at the same time', async () => {
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => upload(app, ada, { content: 'Race.' })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
    expect(new Set(responses.map(({ body }) => body.id as string)).size).toBe(1);
  });

  it('ingest a failed document again when it is uploaded again', async () => {
    const { body } = await expectStatus(201, upload(app, ada, { content: 'Fails.' }));
    await app.sql(
      `UPDATE knowledge_document_versions SET status = 'failed', error_code = 'timed_out', error_message = 'Late.'
       WHERE document_id = $1`,
      [body.id],
    );
    const again = await expectStatus(200, upload(app, ada, { content: 'Fails.' }));
    expect(again.body).toMatchObject({ id: body.id, status: 'queued', error: null, version: 1 });
  });

  it.each([
    ['without a file', () => new FormData(), 400, 'validation_failed'],
    ['with an empty file', () => fileForm({ content: '' }), 400, 'validation_failed'],
    ['with an unknown field', () => fileForm({ fields: { colour: 'red' } }), 400, 'validation_failed'],
    [
      'with metadata that is no JSON',
      () => fileForm({ fields: { metadata: '{' } }),
      400,
      'validation_failed',
    ],
    [
      'with an unknown visibility',
      () => fileForm({ fields: { visibility: 'all' } }),
      400,
      'validation_failed',
    ],
    [
      'with a path outside of a collection',
      () => fileForm({ fields: { path: 'a.md' } }),
      400,
      'validation_failed',
    ],
    ['with a file over the limit', () => fileForm({ content: 'x'.repeat(600_001) }), 413, 'file_too_large'],
    [
      'with a program',
      () => fileForm({ content: Buffer.from([0, 1, 2, 3]) }),
      415,
      'document_type_unsupported',
    ],
  ])('are refused %s, before a row exists', async (_name, form, status, code) => {
    const before = await app.sql('SELECT count(*)::int AS count FROM knowledge_documents', []);
    const response = await app.call('POST', DOCUMENTS_URL, { token: ada.accessToken, multipart: form() });
    expect(statusAndCode(response)).toEqual([status, code]);
    expect(await app.sql('SELECT count(*)::int AS count FROM knowledge_documents', [])).toEqual(before);
  });

  it('name the supported types', async () => {
    const { body } = await upload(app, ada, { content: Buffer.from([0, 1, 2, 3]) });
    expect(body.detail.message).toBe(
      'The file has none of the supported types: pdf, docx, html, md, csv, json, txt.',
    );
    expect(body.detail).toMatchObject({
      field: 'file',
      supported_types: expect.arrayContaining(['pdf', 'txt']),
    });
  });

  it('name the limit of files', async () => {
    const { body } = await upload(app, ada, { content: 'x'.repeat(900_000) });
    expect(body.detail).toMatchObject({ field: 'file', max_bytes: 600_000 });
  });

  it('take JSON fields that were sent as a Blob', async () => {
    const form = fileForm({ content: 'Blob fields.' });
    form.append('metadata', new Blob(['{"a":1}'], { type: 'application/json' }));
    const { body } = await expectStatus(
      201,
      app.call('POST', DOCUMENTS_URL, { token: ada.accessToken, multipart: form }),
    );
    expect(body.metadata).toEqual({ a: 1 });
  });

  it('replay the response of an idempotency key, and refuse the key for other bytes', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const first = await expectStatus(201, upload(app, ada, { content: 'Keyed.' }, headers));
    const again = await expectStatus(201, upload(app, ada, { content: 'Keyed.' }, headers));
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    const other = await upload(app, ada, { content: 'Other.' }, headers);
    expect(statusAndCode(other)).toEqual([409, 'idempotency_key_reused']);
  });

  it('refuse a text that is too long, and take one of 1 MiB', async () => {
    const post = (text: string) => callRag(app, ada, `POST ${DOCUMENTS_URL}`, { text });
    await expectStatus(201, post('ж'.repeat(512 * 1024)));
    const response = await post('ж'.repeat(512 * 1024 + 1));
    expect(statusAndCode(response)).toEqual([413, 'body_too_large']);
    expect(response.body.detail).toMatchObject({ field: 'text', max_bytes: 1_048_576 });
  });

  it('take a text whose JSON is larger than other bodies, and refuse one beyond the limit of the operation', async () => {
    const send = async (json: string, path = DOCUMENTS_URL): Promise<unknown[]> => {
      const { statusCode, payload } = await sendRaw(app, 'POST', path, {
        payload: json,
        type: JSON_TYPE,
        token: ada.accessToken,
      });
      const { code, detail } = JSON.parse(payload) as { code?: string; detail?: { max_bytes?: number } };
      return [statusCode, code, detail?.max_bytes];
    };
    const escaped = '\\u0436'.repeat(300_000);
    const answers = await Promise.all([
      send(`{"text":"${escaped}"}`),
      send(`{"text":"${escaped}","metadata":{"__proto__":1}}`),
      send(`{"text":"${escaped}"`),
      send(`{"text":"${'x'.repeat(4 * 1024 * 1024)}"}`),
      send(`{"files":[],"x":"${'x'.repeat(2 * 1024 * 1024)}"}`, `${COLLECTIONS_URL}/${UNKNOWN_ID}/sync`),
      send(`{"name":"${'x'.repeat(1024 * 1024)}"}`, COLLECTIONS_URL),
    ]);
    expect(answers).toEqual([
      [201, undefined, undefined],
      [400, 'malformed_body', undefined],
      [400, 'malformed_body', undefined],
      [413, 'body_too_large', 4_194_304],
      [413, 'body_too_large', 2_097_152],
      [413, 'payload_too_large', undefined],
    ]);
  });
});
