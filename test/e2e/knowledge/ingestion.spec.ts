import { readFileSync } from 'node:fs';
import { DocumentExtractor } from '@/modules/knowledge/ingestion/extraction-process/document-extractor.service.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { UploadFixture } from '@test/support/knowledge/uploaded-files.js';

const TEXT = `Refund policy

The client returns the goods within 30 days, and the shop pays the price back within a week.

Opening hours

The shop is open from Monday to Friday, from nine to five. 😀
`;

jest.setTimeout(90_000);

describe('the ingestion of documents', () => {
  let app: TestApp;
  let uploads: UploadFixture;

  beforeAll(async () => {
    app = await TestApp.start();
    uploads = await UploadFixture.create(app, await givenUser(app));
  });
  afterAll(() => app.stop());

  it('makes a text ready with its chunks, its language and its text', async () => {
    const { documentId, versionId } = await uploads.upload({ content: TEXT });
    const version = await uploads.waitForEnd(documentId);
    expect(version).toMatchObject({
      status: 'ready',
      stage: null,
      progress_percent: 100,
      language: 'en',
      error_code: null,
    });
    const text = await uploads.text(versionId);
    expect(text).toHaveLength(version.text_length);
    const chunks = await uploads.chunks(documentId);
    expect(chunks).toHaveLength(version.chunk_count);
    for (const { content, start_offset, end_offset } of chunks)
      expect(text.slice(start_offset, end_offset)).toBe(content);
    expect(chunks.map(({ content }) => content).join(' ')).toContain('returns the goods within 30 days');
  });

  it.each([
    ['pdf/01-coffee-machine-handbook.pdf', 'application/pdf'],
    [
      'docx/01-council-minutes-libreoffice.docx',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['html/01-hidden-parts-article.html', 'text/html'],
    ['csv/01-artikelliste-semicolon.csv', 'text/csv'],
  ])('reads %s', async (name, contentType) => {
    const content = readFileSync(`test/fixtures/real-documents/${name}`);
    const { documentId, versionId } = await uploads.upload({ content, contentType });
    expect(await uploads.waitForEnd(documentId)).toMatchObject({ status: 'ready', error_code: null });
    expect((await uploads.text(versionId)).length).toBeGreaterThan(100);
  });

  it('replaces the chunks of the older version and deletes it', async () => {
    const { documentId } = await uploads.upload({ content: TEXT });
    await uploads.waitForEnd(documentId);
    const { versionId } = await uploads.upload({
      content: 'Everything is new in the second version.',
      documentId,
    });
    await uploads.waitForEnd(documentId);
    expect(await uploads.versions(documentId)).toMatchObject([
      { id: versionId, status: 'ready', version: 2 },
    ]);
    expect(await uploads.chunks(documentId)).toMatchObject([{ version_id: versionId }]);
  });

  it('fails with a reason when the file has no text, and readers keep the version before', async () => {
    const { documentId, versionId } = await uploads.upload({ content: TEXT });
    await uploads.waitForEnd(documentId);
    await uploads.upload({ content: ' \n\n ', documentId });
    expect(await uploads.waitForEnd(documentId)).toMatchObject({
      status: 'failed',
      error_code: 'no_text',
      version: 2,
    });
    expect((await uploads.chunks(documentId))[0]).toMatchObject({ version_id: versionId });
  });

  it('fails when reading takes more processor time than a document may', async () => {
    const extractor = app.nest.get(DocumentExtractor, { strict: false });
    Object.assign(extractor, { timeLimit: () => 100 });
    const { documentId } = await uploads.upload({ content: TEXT.repeat(8_000) });
    const version = await uploads.waitForEnd(documentId);
    Reflect.deleteProperty(extractor, 'timeLimit');
    expect(version).toMatchObject({ status: 'failed', error_code: 'timed_out' });
  });

  it('ingests many documents of several owners', async () => {
    const other = await UploadFixture.create(app, await givenUser(app));
    const documents = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? uploads : other).upload({ content: `${TEXT} Document ${n}.` }),
      ),
    );
    for (const { documentId } of documents)
      expect(await uploads.waitForEnd(documentId)).toMatchObject({ status: 'ready' });
  });
});
