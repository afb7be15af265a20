import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { docxFile, paragraph, zipFile } from '@test/support/documents/docx-file.js';
import { extractDocx } from './extract-docx.js';
import { ZipPackage } from './zip-package.js';

const compoundFile = (stream: string): Uint8Array =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512), Buffer.from(stream, 'utf16le')]);
const failure = (code: string) =>
  expect.objectContaining<Partial<ExtractionFailure>>({ code: code as 'no_text' });

describe('Word documents that cannot be read', () => {
  it.each([
    ['encrypted', 'protected by a password', async () => compoundFile('EncryptedPackage')],
    ['unreadable', 'of an older format', async () => compoundFile('WordDocument')],
    ['unreadable', 'no archives', async () => Buffer.from('no archive')],
    ['unreadable', 'archives of something else', () => zipFile({ 'a.txt': 'text' })],
    ['unreadable', 'of broken markup', () => zipFile({ 'word/document.xml': '<w:document><w:body>' })],
    ['unreadable', 'of unknown entities', () => docxFile({ body: paragraph('&secret;') })],
    ['unreadable', 'cut short', async () => (await docxFile({ body: paragraph('text') })).subarray(0, 200)],
    ['no_text', 'without text', () => docxFile({ body: '<w:p><w:r><w:drawing/></w:r></w:p>' })],
    [
      'too_large',
      'nested too deeply',
      () => docxFile({ body: '<w:ins>'.repeat(400) + '</w:ins>'.repeat(400) }),
    ],
  ])('fail as %s when they are %s', async (code, _name, file) => {
    await expect(extractDocx(await file())).rejects.toThrow(failure(code));
  });

  it('counts the bytes that are really inflated, whatever the archive states', async () => {
    const bytes = Buffer.from(await zipFile({ 'word/document.xml': ' '.repeat(100_000) }));
    const directory = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    bytes.writeUInt32LE(10, directory + 24);
    const zip = await ZipPackage.open(bytes, 50_000);
    const read = async () => {
      for await (const chunk of zip.read('word/document.xml'))
        expect(chunk.length).toBeLessThanOrEqual(50_000);
    };
    await expect(read()).rejects.toThrow(failure('too_large'));
  });
});
