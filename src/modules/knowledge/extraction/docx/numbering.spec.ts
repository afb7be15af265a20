import { docxFile, paragraph } from '@test/support/documents/docx-file.js';
import { extractDocx } from './extract-docx.js';
import { formatNumber } from './numbering.js';

const level = (index: number, format: string, text: string, more = '') =>
  `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/>${more}</w:lvl>`;
const item = (text: string, numId: number, ilvl = 0) =>
  paragraph(text, `<w:numPr><w:ilvl w:val="${ilvl}"/><w:numId w:val="${numId}"/></w:numPr>`);
const numbering =
  `<w:abstractNum w:abstractNumId="0">${level(0, 'decimal', '%1.')}${level(1, 'lowerLetter', '%1.%2)')}` +
  `${level(2, 'upperRoman', '(%3)')}</w:abstractNum>` +
  `<w:abstractNum w:abstractNumId="1">${level(0, 'bullet', '\uf0b7')}</w:abstractNum>` +
  '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>' +
  '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="3"/></w:lvlOverride></w:num>' +
  '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>';
const textOf = async (body: string, styles = '') =>
  (await extractDocx(await docxFile({ body, numbering, styles }))).text;

describe('the numbers of lists in a Word document', () => {
  it('are those that a reader sees', async () => {
    const body =
      item('a', 1) +
      item('b', 1, 1) +
      item('c', 1, 1) +
      item('d', 1, 2) +
      item('e', 1) +
      item('f', 1, 1) +
      item('g', 3);
    expect(await textOf(body)).toBe('1. a\n1.a) b\n1.b) c\n(I) d\n2. e\n2.a) f\n• g');
  });

  it('continue after other text and restart where the list says so', async () => {
    const body =
      item('a', 1) + paragraph('text') + item('b', 1) + item('c', 2) + item('d', 2, 1) + item('e', 2);
    expect(await textOf(body)).toBe('1. a\n\ntext\n\n2. b\n3. c\n3.a) d\n4. e');
  });

  it('come from styles too, also before headings', async () => {
    const styles =
      '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>';
    const heading = paragraph('Termination', '<w:pStyle w:val="H"/>');
    const plain = paragraph('Plain', '<w:pStyle w:val="H"/><w:numPr><w:numId w:val="0"/></w:numPr>');
    expect(await textOf(heading + item('By notice', 1, 1) + plain, styles)).toBe(
      '1. Termination\n\n1.a) By notice\n\nPlain',
    );
  });

  it.each([
    ['lowerLetter', 27, 'aa'],
    ['upperLetter', 54, 'BBB'],
    ['lowerRoman', 1994, 'mcmxciv'],
    ['decimalZero', 7, '07'],
    ['ordinal', 11, '11th'],
    ['ordinal', 22, '22nd'],
    ['none', 1, ''],
  ])('are written as %s', (format, value, text) => {
    expect(formatNumber(format, value)).toBe(text);
  });
});
