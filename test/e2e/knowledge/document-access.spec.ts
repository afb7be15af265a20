import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  type AccessFixture,
  type Caller,
  CALLERS,
  findRefusal,
  givenAccessFixture,
  givenReadyChunk,
  MANAGERS,
  READERS,
  VISIBILITIES,
} from '@test/support/knowledge/access-fixture.js';
import { callRag, COLLECTIONS_URL, DOCUMENTS_URL } from '@test/support/knowledge/documents.js';
import { givenMember, givenOwnerWithId } from '@test/support/organizations/given-organizations.js';

const CELLS = VISIBILITIES.flatMap((visibility) => CALLERS.map((caller) => ({ visibility, caller })));
const COLLECTION_CELLS = CELLS.filter(({ visibility }) => visibility !== 'conversation');

function outcomeOf({ status, body }: TestResponse): string {
  return status < 400 ? String(status) : `${status} ${body.code}`;
}

describe('access to documents', () => {
  let app: TestApp;
  let fixture: AccessFixture;
  const documents: Record<string, { id: string; chunkId: string }> = {};
  const collections: Record<string, string> = {};

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenAccessFixture(app);
    for (const visibility of VISIBILITIES) {
      documents[visibility] = await givenReadyChunk(app, fixture, visibility);
      if (visibility !== 'conversation') collections[visibility] = await fixture.addCollection(visibility);
    }
  }, 240_000);
  afterAll(() => app.stop());

  function call(caller: Caller, route: string, body?: unknown): Promise<TestResponse> {
    return callRag(app, fixture.credentials[caller], route, body);
  }

  it.each(CELLS)(
    'is read as its visibility $visibility allows for $caller',
    async ({ visibility, caller }) => {
      const { id, chunkId } = documents[visibility] ?? { id: '', chunkId: '' };
      const refusal = findRefusal(caller, visibility, { writes: false, notFound: 'document_not_found' });
      for (const rest of ['', '/content', '/text', '/chunks', `/chunks/${chunkId}`, '/events']) {
        const response = await call(caller, `GET ${DOCUMENTS_URL}/${id}${rest}`);
        expect([rest, outcomeOf(response)]).toEqual([rest, refusal ?? '200']);
      }
    },
  );

  it.each(CELLS)('is found and counted as $visibility allows for $caller', async ({ visibility, caller }) => {
    if (caller === 'key_without_scope') return;
    const { id } = documents[visibility] ?? { id: '' };
    const reads = READERS[visibility].includes(caller);
    const ids = reads ? [id] : [];
    const ofConversation = visibility === 'conversation';
    const list = `GET ${DOCUMENTS_URL}?visibility=${visibility}`;
    const listed = await call(
      caller,
      list + (ofConversation ? `&conversation_id=${fixture.conversationId}` : ''),
    );
    expect((listed.body as { id: string }[]).map((one) => one.id)).toEqual(ids);
    const query = { query: `${visibility} fence`, filters: { visibility: [visibility] } };
    const found = await call(caller, 'POST /api/knowledge/search', query);
    const expected = ofConversation ? [] : ids; // it is found only in its conversation
    expect(found.body.total).toBe(expected.length);
    expect((found.body.results as { document_id: string }[]).map((one) => one.document_id)).toEqual(expected);
  });

  it('of a conversation is found in the conversation only', async () => {
    const inConversation = { query: 'conversation fence', conversation_id: fixture.conversationId };
    const found = await call('owner', 'POST /api/knowledge/search', inConversation);
    const ids = (found.body.results as { document_id: string }[]).map((one) => one.document_id);
    expect(ids[0]).toBe(documents.conversation?.id);
    for (const caller of ['admin', 'member', 'outsider', 'key', 'other_key'] as const)
      expect(outcomeOf(await call(caller, 'POST /api/knowledge/search', inConversation))).toBe(
        '404 conversation_not_found',
      );
    expect((await call('owner', `GET ${DOCUMENTS_URL}?visibility=conversation`)).body).toEqual([]);
  });

  it.each(CELLS)('is changed as $visibility allows for $caller', async ({ visibility, caller }) => {
    const id = await fixture.addDocument(visibility);
    const refusal = findRefusal(caller, visibility, { writes: true, notFound: 'document_not_found' });
    const url = `${DOCUMENTS_URL}/${id}`;
    // The server may have processed the document before the request.
    const routes: [string, string[], unknown?][] = [
      [`PATCH ${url}`, ['200'], { title: 'Renamed' }],
      [`PUT ${url}`, ['200'], { text: `By ${caller} for ${visibility}.` }],
      [`POST ${url}/cancel`, ['200', '409 document_not_in_progress']],
      [`POST ${url}/retry`, ['200', '409 document_not_in_progress']],
      [`DELETE ${url}`, ['204']],
    ];
    for (const [route, successes, body] of routes)
      expect([route, refusal ? [refusal] : successes]).toEqual([
        route,
        expect.arrayContaining([outcomeOf(await call(caller, route, body))]),
      ]);
    if (refusal === '403 role_insufficient')
      expect((await call(caller, `DELETE ${url}`)).body.detail).toMatchObject({
        role: expect.any(String),
        action: 'documents.manage',
      });
    const remaining = await call('owner', `GET ${url}`);
    expect([remaining.status, remaining.body.title === 'Renamed']).toEqual(
      refusal ? [200, false] : [404, false],
    );
  });

  it.each(CELLS)('is created as $visibility allows for $caller', async ({ visibility, caller }) => {
    const text = { text: `From ${caller}.`, ...fixture.places[visibility] };
    const outcome = outcomeOf(await call(caller, `POST ${DOCUMENTS_URL}`, text));
    const scopeMissing =
      ['key_without_scope', 'member_key'].includes(caller) ||
      (visibility === 'conversation' && caller.endsWith('key'));
    if (scopeMissing) expect(outcome).toBe('403 insufficient_api_key_scope');
    else if (visibility === 'private' || MANAGERS[visibility].includes(caller)) expect(outcome).toBe('201');
    else if (visibility === 'conversation') expect(outcome).toBe('404 conversation_not_found');
    else if (caller === 'outsider' || caller === 'other_key')
      expect(outcome).toBe(`404 ${visibility}_not_found`);
    else {
      expect(outcome).toBe(`403 role_insufficient`);
      const { detail } = (await call(caller, `POST ${DOCUMENTS_URL}`, text)).body;
      expect(detail).toMatchObject({ role: expect.any(String), action: 'documents.share' });
    }
  });

  describe('in collections', () => {
    it.each(COLLECTION_CELLS)('is read as $visibility allows for $caller', async ({ visibility, caller }) => {
      const id = collections[visibility] ?? '';
      const refusal = findRefusal(caller, visibility, { writes: false, notFound: 'collection_not_found' });
      expect(outcomeOf(await call(caller, `GET ${COLLECTIONS_URL}/${id}`))).toBe(refusal ?? '200');
      if (caller === 'key_without_scope') return;
      const { body } = await call(caller, `GET ${COLLECTIONS_URL}?visibility=${visibility}`);
      expect((body as { id: string }[]).map((one) => one.id)).toEqual(refusal ? [] : [id]);
    });

    it.each(COLLECTION_CELLS)('is changed as $visibility allows for $caller', async (cell) => {
      const { visibility, caller } = cell;
      const id = await fixture.addCollection(visibility);
      const document = await fixture.addDocument(visibility, { collection_id: id, path: 'a.md' });
      const notFound = 'collection_not_found';
      const refusal = findRefusal(caller, visibility, { writes: true, notFound });
      const url = `${COLLECTIONS_URL}/${id}`;
      const text = { text: `From ${caller} to ${visibility}.`, collection_id: id };
      expect(outcomeOf(await call(caller, `POST ${DOCUMENTS_URL}`, text))).toBe(refusal ?? '201');
      expect(outcomeOf(await call(caller, `PATCH ${url}`, { name: 'Renamed' }))).toBe(refusal ?? '200');
      const files = [{ path: 'b.md', sha256: 'b'.repeat(64) }];
      const sync = await call(caller, `POST ${url}/sync`, { files, delete_missing: true });
      // A reader compares the files, and deletes nothing.
      expect(outcomeOf(sync)).toBe(refusal === '403 role_insufficient' ? '200' : (refusal ?? '200'));
      if (sync.status === 200) expect(sync.body.delete).toEqual(refusal ? [] : ['a.md']);
      expect((await call('owner', `GET ${DOCUMENTS_URL}/${document}`)).status).toBe(refusal ? 200 : 404);
      expect(outcomeOf(await call(caller, `DELETE ${url}?documents=delete`))).toBe(refusal ?? '204');
      const { status, body } = await call('owner', `DELETE ${url}?documents=delete`);
      expect([status, body?.code]).toEqual(refusal ? [204, undefined] : [404, notFound]);
    });
  });

  it('is hidden from a session without the second factor that the organization requires', async () => {
    const owner = await givenOwnerWithId(app);
    const { organizationId, accessToken: token } = owner;
    const weak = await givenMember(app, { organizationId, by: owner }, 'admin');
    const shared = { visibility: 'organization', organization_id: organizationId };
    const create = async (url: string, fields: object): Promise<string> =>
      (await expectStatus(201, callRag(app, weak, `POST ${url}`, fields))).body.id as string;
    const document = `${DOCUMENTS_URL}/${await create(DOCUMENTS_URL, { text: 'Shared.', ...shared })}`;
    const collection = `${COLLECTIONS_URL}/${await create(COLLECTIONS_URL, { name: 'Shared', ...shared })}`;
    const ownId = await create(DOCUMENTS_URL, { text: 'Own.' });
    await enableTwoFactor(app, owner, 'totp');
    const enforced = app.patch(`/api/organizations/${organizationId}`, { enforce_2fa: true }, { token });
    await expectStatus(200, enforced);

    const routes: [string, unknown?][] = [
      ...['', '/content', '/text', '/chunks', '/events'].map((rest): [string] => [`GET ${document}${rest}`]),
      [`PATCH ${document}`, { title: 'x' }],
      [`PUT ${document}`, { text: 'x' }],
      [`POST ${document}/cancel`],
      [`POST ${document}/retry`],
      [`DELETE ${document}`],
      [`GET ${collection}`],
      [`PATCH ${collection}`, { name: 'x' }],
      [`POST ${collection}/sync`, { files: [] }],
      [`DELETE ${collection}?documents=delete`],
    ];
    for (const [route, body] of routes)
      expect([route, (await callRag(app, weak, route, body)).status]).toEqual([route, 404]);
    for (const url of [DOCUMENTS_URL, COLLECTIONS_URL]) {
      const { body } = await callRag(app, weak, `GET ${url}`);
      expect((body as { id: string }[]).map(({ id }) => id)).toEqual(url === DOCUMENTS_URL ? [ownId] : []);
    }
    const sharing = await callRag(app, weak, `POST ${DOCUMENTS_URL}`, { text: 'Another.', ...shared });
    expect(outcomeOf(sharing)).toBe('403 two_factor_required');
  });
});
