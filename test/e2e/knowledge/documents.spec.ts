import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL, givenDocument, upload } from '@test/support/knowledge/documents.js';
import { waitUntilReady } from '@test/support/knowledge/ready-documents.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

const COLLECTIONS_URL = '/api/rag/collections';

describe('documents', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const call = (route: string, body?: unknown) => callRag(app, ada, route, body);
  const url = (id: string, rest = ''): string => `${DOCUMENTS_URL}/${id}${rest}`;

  it('change their title and metadata, and nothing when nothing changes', async () => {
    const { id } = await givenDocument(app, ada, { title: 'One' });
    await waitUntilReady(app, ada.accessToken, id);
    const { body: document } = await expectStatus(200, call(`GET ${url(id)}`));
    app.clock.advance(5);
    const same = await expectStatus(200, call(`PATCH ${url(document.id)}`, document));
    expect(same.body).toEqual(document);
    const changes = { title: 'Two', metadata: { a: 1 } };
    const changed = await expectStatus(200, call(`PATCH ${url(document.id)}`, changes));
    expect(changed.body).toEqual({ ...document, ...changes, updated_at: expect.any(String) });
    const refused = await call(`PATCH ${url(document.id)}`, { size: 1 });
    expect(statusAndCode(refused)).toEqual([400, 'field_read_only']);
  });

  it('have a new version for other bytes, and the same one for the same bytes', async () => {
    const { id } = await givenDocument(app, ada, { title: 'Versions' });
    const second = await expectStatus(200, call(`PUT ${url(id)}`, { text: 'Second.' }));
    expect(second.body).toMatchObject({ id, version: 2, ready_version: null, status: 'queued' });
    const again = await expectStatus(200, call(`PUT ${url(id)}`, { text: 'Second.', title: 'Renamed' }));
    expect(again.body).toMatchObject({ version: 2, title: 'Renamed' });
    const versions = await app.sql('SELECT id FROM knowledge_document_versions WHERE document_id = $1', [id]);
    expect(versions).toHaveLength(1);
  });

  it('are downloaded as attachments, piece by piece', async () => {
    const content = Buffer.alloc(700_000, 'Zeile und Wort. ');
    const { body } = await expectStatus(201, upload(app, ada, { content, filename: 'größe "1".txt' }));
    const file = await expectStatus(200, call(`GET ${url(body.id, '/content')}`));
    expect(file.text).toBe(content.toString());
    expect(file.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '700000',
      'content-disposition': `attachment; filename="gr__e _1_.txt"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22.txt`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    });
  });

  it('are downloaded as unknown bytes when they are HTML', async () => {
    const page = {
      content: '<!doctype html><html><body><p>Hi</p></body></html>',
      filename: 'a.html',
      type: 'text/html',
    };
    const { body } = await expectStatus(201, upload(app, ada, page));
    expect(body.content_type).toBe('text/html');
    const file = await expectStatus(200, call(`GET ${url(body.id, '/content')}`));
    expect(file.headers['content-type']).toBe('application/octet-stream');
  });

  it('are deleted with everything', async () => {
    const { id } = await givenDocument(app, ada);
    expect((await expectStatus(204, call(`DELETE ${url(id)}`))).text).toBe('');
    for (const route of [`GET ${url(id)}`, `DELETE ${url(id)}`, `GET ${url(id, '/content')}`])
      expect(statusAndCode(await call(route))).toEqual([404, 'document_not_found']);
    expect(await app.sql('SELECT 1 FROM knowledge_document_versions WHERE document_id = $1', [id])).toEqual(
      [],
    );
  });

  it('keep the number of bytes of their partition', async () => {
    const bob = await givenUserWithId(app);
    const bytes = async (): Promise<number> => {
      const rows = await app.sql<{ bytes: number }>(
        'SELECT sum(bytes)::float8 AS bytes FROM knowledge_partitions WHERE owner_id = $1',
        [bob.id],
      );
      return rows[0]?.bytes ?? 0;
    };
    const first = await expectStatus(201, callRag(app, bob, `POST ${DOCUMENTS_URL}`, { text: '12345' }));
    await expectStatus(201, callRag(app, bob, `POST ${DOCUMENTS_URL}`, { text: '123' }));
    expect(await bytes()).toBe(8);
    await expectStatus(200, callRag(app, bob, `PUT ${url(first.body.id)}`, { text: '1' }));
    expect(await bytes()).toBe(4);
    await expectStatus(204, callRag(app, bob, `DELETE ${url(first.body.id)}`));
    expect(await bytes()).toBe(3);
  });

  it('take ids only with the visibility that they belong to, and say which', async () => {
    const { id } = await givenDocument(app, ada);
    const team = { team_id: id };
    for (const response of [
      await call(`POST ${DOCUMENTS_URL}`, { text: 'One.', ...team }),
      await call(`PATCH ${url(id)}`, team),
      await call(`POST ${COLLECTIONS_URL}`, { name: 'Handbook', ...team }),
    ]) {
      expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
      const [field] = response.body.detail.fields;
      expect(field).toMatchObject({ path: 'team_id', rule: 'visibility' });
      expect(field.message).toContain(
        'needs the visibility team, and must be absent for the visibility private',
      );
    }
  });

  it('are in collections whose names need not differ', async () => {
    const create = () => expectStatus(201, call(`POST ${COLLECTIONS_URL}`, { name: 'Twice' }));
    const [one, other] = [await create(), await create()];
    expect(other.body.id).not.toBe(one.body.id);
    await expectStatus(200, call(`PATCH ${COLLECTIONS_URL}/${one.body.id}`, { name: 'Handbook' }));
  });

  it('belong to a collection, which is synchronized by paths', async () => {
    const collection = await expectStatus(201, call(`POST ${COLLECTIONS_URL}`, { name: 'Handbook' }));
    const collection_id = collection.body.id as string;
    const document = await givenDocument(app, ada, { collection_id, path: 'a.md' });
    await givenDocument(app, ada, { collection_id, path: 'b.md' });
    await givenDocument(app, ada, { collection_id });
    const manifest = [
      { path: 'a.md', sha256: document.sha256 },
      { path: 'c.md', sha256: '0'.repeat(64) },
    ];
    const sync = (body: object) => call(`POST ${COLLECTIONS_URL}/${collection_id}/sync`, body);
    const expected = { upload: ['c.md'], unchanged: ['a.md'], delete: ['b.md'] };
    expect((await expectStatus(200, sync({ files: manifest }))).body).toEqual(expected);
    expect((await expectStatus(200, sync({ files: manifest, delete_missing: true }))).body).toEqual(expected);
    expect((await expectStatus(200, sync({ files: manifest }))).body).toEqual({ ...expected, delete: [] });
    expect(statusAndCode(await sync({ files: [], delete_missing: true }))).toEqual([
      400,
      'validation_failed',
    ]);
    const list = await expectStatus(200, call(`GET ${DOCUMENTS_URL}?collection_id=${collection_id}`));
    expect(list.body).toHaveLength(2);
    const replaced = await expectStatus(
      200,
      call(`POST ${DOCUMENTS_URL}`, { text: 'New.', collection_id, path: 'a.md' }),
    );
    expect(replaced.body).toMatchObject({ id: document.id, version: 2 });
    const without = await call(`DELETE ${COLLECTIONS_URL}/${collection_id}`);
    expect(statusAndCode(without)).toEqual([400, 'validation_failed']);
    await expectStatus(204, call(`DELETE ${COLLECTIONS_URL}/${collection_id}?documents=keep`));
    const kept = await expectStatus(200, call(`GET ${url(document.id)}`));
    expect(kept.body).toMatchObject({ collection_id: null, path: null });
  });

  it('are in the data export, with their bytes', async () => {
    const eve = await givenUserWithId(app);
    await expectStatus(201, upload(app, eve, { content: 'Mine.', filename: 'mine.txt' }));
    const archive = await app.nest.inject({
      method: 'GET',
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${eve.accessToken}` },
    });
    expect(archive.statusCode).toBe(200);
    const names = archive.rawPayload.toString('latin1');
    expect(names).toContain('documents.json');
    expect(names).toContain('/mine.txt');
  });
});
