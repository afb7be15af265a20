import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL, upload } from '@test/support/knowledge/documents.js';
import { waitUntilReady } from '@test/support/knowledge/ready-documents.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

jest.setTimeout(90_000);

const PAGE = (title: string, body: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><p>${body}</p></body></html>`;

describe('versions of documents', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const url = (id: string): string => `${DOCUMENTS_URL}/${id}`;
  const titleOf = async (id: string): Promise<unknown> => {
    await waitUntilReady(app, ada.accessToken, id);
    return (await expectStatus(200, callRag(app, ada, `GET ${url(id)}`))).body.title;
  };
  const uploadPage = async (title: string, fields: Record<string, string> = {}): Promise<string> => {
    const file = { content: PAGE(title, `About ${title}.`), filename: 'page_1.html', type: 'text/html' };
    return (await expectStatus(201, upload(app, ada, { ...file, fields }))).body.id as string;
  };

  it('are subtracted from the bytes of the partition once, when a newer one is ready', async () => {
    const bob = await givenUserWithId(app);
    const { body } = await expectStatus(
      201,
      callRag(app, bob, `POST ${DOCUMENTS_URL}`, { text: 'The first version of a text.' }),
    );
    await waitUntilReady(app, bob.accessToken, body.id);
    await expectStatus(200, callRag(app, bob, `PUT ${url(body.id)}`, { text: 'The second version.' }));
    await waitUntilReady(app, bob.accessToken, body.id);
    const [partition] = await app.sql<{ bytes: number }>(
      'SELECT bytes::float8 AS bytes FROM knowledge_partitions WHERE owner_id = $1',
      [bob.id],
    );
    expect(partition?.bytes).toBe('The second version.'.length);
  });

  it('give a document without a title the one that the file states', async () => {
    const id = await uploadPage('Opening&#8203; hours');
    expect(await titleOf(id)).toBe('Opening hours');
    const next = { text: PAGE('Prices', 'Ten euros.'), filename: 'page_1.html' };
    await expectStatus(200, callRag(app, ada, `PUT ${url(id)}`, next));
    expect(await titleOf(id)).toBe('Opening hours');
  });

  it('keep a title that the client chose, before or during the processing', async () => {
    expect(await titleOf(await uploadPage('Stated one', { title: 'page 1' }))).toBe('page 1');
    const id = await uploadPage('Stated two');
    await expectStatus(200, callRag(app, ada, `PATCH ${url(id)}`, { title: 'Chosen' }));
    expect(await titleOf(id)).toBe('Chosen');
    const same = await uploadPage('Stated three');
    await expectStatus(200, callRag(app, ada, `PATCH ${url(same)}`, { title: 'Chosen' }));
    await expectStatus(200, callRag(app, ada, `PATCH ${url(same)}`, { title: 'page 1' }));
    expect(await titleOf(same)).toBe('page 1');
  });

  it('state titles of at most 200 characters', async () => {
    expect(await titleOf(await uploadPage('long '.repeat(100)))).toHaveLength(199);
  });
});
