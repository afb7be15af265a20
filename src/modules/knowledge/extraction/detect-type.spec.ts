import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { detectDocumentType } from './detect-type.js';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

async function zip(...names: string[]): Promise<Buffer> {
  const file = new ZipFile();
  for (const name of names) file.addBuffer(Buffer.from('<x/>'), name, { compress: false });
  file.end();
  return buffer(file.outputStream);
}

const PDF =
  '%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF\n';
const COMPOUND = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);

describe('detectDocumentType', () => {
  it.each([
    'BM25 ranks documents by the frequency of words.',
    '%PDF is how a PDF file begins.',
    '%PDF-1.7 is how a PDF file begins, and %%EOF is its end.',
    'GIF pictures have 256 colours.',
    'GIF89a is the newer version.',
    'ID3 tags hold the title of a song.',
    'BEGIN:VCARD is the first line of an address.',
    'MZ was the name of an engineer.',
    'PK is short for public key.',
    'RIFF, WAVE and FORM are names of containers.',
    '{\\rtf1 is not the beginning of this file, is it?'.slice(1),
    'if a < b and b > c then <stop>',
    'A line with ten commas, one, two, three',
  ])('takes for text what only begins like another type: %s', (text) => {
    expect(detectDocumentType(bytes(text), null, null)).toBe('txt');
    expect(detectDocumentType(bytes(text), 'report.pdf', 'application/pdf')).toBe('txt');
  });

  it('recognises PDF by its content, also after other bytes and when it is cut', () => {
    expect(detectDocumentType(bytes(PDF, 'latin1'), 'notes.txt', 'text/plain')).toBe('pdf');
    expect(detectDocumentType(bytes(PDF.replace(/%â.*\n/, ''), 'latin1'), null, null)).toBe('pdf');
    const cut = Buffer.concat([bytes('%PDF-1.4\n'), Buffer.from([1, 2, 3, 0, 255, 254, 1, 2])]);
    expect(detectDocumentType(cut, null, null)).toBe('pdf');
    expect(detectDocumentType(Buffer.concat([Buffer.alloc(500, 1), cut]), null, null)).toBe('pdf');
  });

  it('recognises Word packages by the names inside', async () => {
    const word = await zip('[Content_Types].xml', '_rels/.rels', 'word/document.xml');
    expect(detectDocumentType(word, 'archive.zip', null)).toBe('docx');
    expect(detectDocumentType(word.subarray(0, -40), null, null)).toBe('docx');
    expect(detectDocumentType(await zip('[Content_Types].xml', 'word/document2.xml'), null, null)).toBe(
      'docx',
    );
  });

  it.each([
    ['Excel', ['[Content_Types].xml', 'xl/workbook.xml']],
    ['PowerPoint', ['[Content_Types].xml', 'ppt/presentation.xml']],
    ['OpenDocument', ['mimetype', 'content.xml']],
    ['an archive with a Word file inside', ['letters/word/document.xml']],
  ])('does not support %s, whatever its name', async (_name, names) => {
    expect(detectDocumentType(await zip(...names), 'letter.docx', null)).toBeNull();
  });

  it('takes an encrypted package for Word unless it is named otherwise', () => {
    const encrypted = Buffer.concat([COMPOUND, bytes('EncryptedPackage', 'utf16le')]);
    expect(detectDocumentType(encrypted, 'contract.docx', null)).toBe('docx');
    expect(detectDocumentType(encrypted, null, null)).toBe('docx');
    expect(detectDocumentType(encrypted, 'prices.xlsx', null)).toBeNull();
    expect(detectDocumentType(COMPOUND, 'old.doc', null)).toBeNull();
  });

  it('refuses binary files with names of texts', () => {
    const gif = Buffer.from('47494638396101000100800000ffffff0000002c00000000010001000002024401003b', 'hex');
    const noise = Buffer.from(
      Array.from({ length: 4_000 }, (_, index) => (index * index * 31 + index * 7) % 256),
    );
    expect(detectDocumentType(gif, 'notes.txt', 'text/plain')).toBeNull();
    expect(detectDocumentType(noise, 'notes.md', null)).toBeNull();
    expect(detectDocumentType(bytes('{\\rtf1\\ansi Hello}'), 'a.txt', null)).toBeNull();
  });

  it('reads texts in other encodings', () => {
    expect(detectDocumentType(bytes('\ufeffname;city\n', 'utf16le'), 'a.csv', null)).toBe('csv');
    expect(detectDocumentType(bytes('plain text here', 'utf16le'), null, null)).toBe('txt');
    expect(detectDocumentType(bytes('\ufeff{"a": [1, 2]}', 'utf16le'), null, null)).toBe('json');
    expect(detectDocumentType(bytes('caf\u00e9 au lait', 'latin1'), null, null)).toBe('txt');
    expect(detectDocumentType(bytes(`${'a line of a log\n'.repeat(20)}\u0000`), null, null)).toBe('txt');
  });

  it.each([
    ['<!DOCTYPE html><title>x</title>', 'notes.txt', null, 'html'],
    ['\ufeff \n<!-- saved -->\n<html lang="de"><p>x', null, null, 'html'],
    ['<?xml version="1.0"?>\n<!doctype html>\n<html></html>', 'a.md', null, 'html'],
    ['<h1>Hours</h1>\n<p>Nine to five</p>', null, null, 'html'],
    ['<div align="center"><h1>Tool</h1></div>\n\n## Use', 'README.md', null, 'md'],
    ['<p>is the tag of a paragraph.', null, null, 'txt'],
    ['Nine to five', 'hours.html', null, 'html'],
    ['# Title\n\nSee [hours](hours.md).', null, null, 'md'],
    ['# only a comment\nkey=value', null, null, 'txt'],
    ['plain', 'notes.md', null, 'md'],
    ['# Title\n\n**bold**', 'notes.txt', null, 'txt'],
    ['# Title', null, 'text/markdown; charset=utf-8', 'md'],
    ['plain', 'notes.MD', 'text/plain', 'md'],
    ['{"a": 1}', null, null, 'json'],
    ['{"a": 1}\n{"a": 2}\n', null, null, 'json'],
    ['[1, 2,', 'data.json', null, 'json'],
    ['no data today', 'data.json', 'application/json', 'txt'],
    ['"just a string"', null, null, 'txt'],
    ['[draft] my notes', null, null, 'txt'],
    ['a,b\n1,2\n', 'x.csv', null, 'csv'],
    ['a\tb\n1\t2\n', 'x.tsv', null, 'csv'],
    ['a,b\n1,2\n', null, 'text/csv', 'csv'],
    ['id;name;city\n1;Ann;Rome\n2;"B;o";Oslo\n3;Cy;Bern\n', null, null, 'csv'],
    ['Dear Ann,\nthanks, again,\nfor all.\nBye,\n', null, null, 'txt'],
    ['', null, null, 'txt'],
  ])('judges %j named %j as %j', (text, filename, stated, expected) => {
    expect(detectDocumentType(bytes(text), filename, stated)).toBe(expected);
  });

  it('does not parse a large JSON file as a whole', () => {
    const large = JSON.stringify(Array.from({ length: 40_000 }, (_, id) => ({ id, name: `name ${id}` })));
    expect(detectDocumentType(bytes(large), null, null)).toBe('json');
  });

  it('takes hardly more processor time for a large file than for one of 2 MiB', () => {
    const cpuOf = (mebibytes: number): number => {
      const file = Buffer.alloc(mebibytes * 1024 * 1024, 'The office opens at nine.\n');
      const before = process.cpuUsage();
      for (let run = 0; run < 5; run += 1) expect(detectDocumentType(file, null, null)).toBe('txt');
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    cpuOf(2); // compiles the code
    expect(cpuOf(64)).toBeLessThan(10 * cpuOf(2));
  });

  it('judges all parts of a large file', () => {
    const large = Buffer.alloc(4 * 1024 * 1024, 'The office opens at nine.\n');
    large.fill(1, 3 * 1024 * 1024);
    expect(detectDocumentType(large, 'notes.txt', 'text/plain')).toBeNull();
  });
});
