import { docxFile, paragraph, run, zipFile } from '@test/support/documents/docx-file.js';
import type { DocxParts } from '@test/support/documents/docx-file.js';
import { extractDocx } from './extract-docx.js';

const extract = async (parts: DocxParts | string) =>
  extractDocx(await docxFile(typeof parts === 'string' ? { body: parts } : parts));
const textOf = async (parts: DocxParts | string) => (await extract(parts)).text;
const blocksOf = async (parts: DocxParts | string) => {
  const { text, blocks } = await extract(parts);
  return blocks.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);
};
const field = (instruction: string, result: string, data = '') =>
  `<w:r><w:fldChar w:fldCharType="begin">${data}</w:fldChar></w:r><w:r><w:instrText>${instruction}</w:instrText></w:r>` +
  `<w:r><w:fldChar w:fldCharType="separate"/></w:r>${result}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;

describe('the text of a Word document', () => {
  it('separates words at line breaks, page breaks and tabs', async () => {
    const body =
      '<w:p><w:r><w:t>Opening hours</w:t><w:br/><w:t>Monday</w:t><w:tab/><w:t>Friday</w:t></w:r></w:p>' +
      '<w:p><w:r><w:t>see above</w:t><w:br w:type="page"/><w:t>next page</w:t></w:r></w:p>';
    expect(await textOf(body)).toBe('Opening hours\nMonday Friday\n\nsee above\nnext page');
  });

  it('leaves out deleted text and keeps inserted text', async () => {
    const body =
      `<w:p>${run('The fee is ')}<w:del><w:r><w:delText>100 EUR</w:delText></w:r></w:del>` +
      `<w:ins>${run('250 EUR')}</w:ins>${run(' a year.')}</w:p>` +
      paragraph('joined ', '<w:rPr><w:del/></w:rPr>') +
      paragraph('paragraphs');
    expect(await textOf(body)).toBe('The fee is 250 EUR a year.\n\njoined paragraphs');
  });

  it('leaves out hidden text with a warning', async () => {
    const styles =
      '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>';
    const body = `<w:p>${run('visible')}${run('a', '<w:vanish/>')}${run('b', '<w:rStyle w:val="Secret"/>')}${run(
      'c',
      '<w:color w:val="FFFFFF"/>',
    )}${run('d', '<w:sz w:val="1"/>')}${run(' end', '<w:vanish w:val="0"/>')}</w:p>`;
    const { text, warnings } = await extract({ body, styles });
    expect(text).toBe('visible end');
    expect(warnings).toEqual(['hidden_text']);
  });

  it('keeps white text on a coloured ground', async () => {
    const white = run('seen', '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000080"/>');
    expect((await extract(`<w:p>${white}</w:p>`)).warnings).toEqual([]);
  });

  it('knows headings by style, by the style they are based on, and by outline level', async () => {
    const styles =
      '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>' +
      '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="berschrift2"/></w:style>' +
      '<w:style w:type="paragraph" w:styleId="Part"><w:name w:val="Part"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>';
    const body =
      paragraph('One', '<w:pStyle w:val="berschrift2"/>') +
      paragraph('Two', '<w:pStyle w:val="Own"/>') +
      paragraph('Three', '<w:pStyle w:val="Part"/>') +
      paragraph('Four', '<w:outlineLvl w:val="3"/>') +
      paragraph('Text', '<w:pStyle w:val="Own"/><w:outlineLvl w:val="9"/>');
    const { blocks } = await extract({ body, styles });
    expect(blocks.map(({ kind, level }) => `${kind} ${level ?? ''}`.trim())).toEqual([
      'heading 2',
      'heading 2',
      'heading 1',
      'heading 4',
      'paragraph',
    ]);
  });

  it('places notes after the paragraph that refers to them', async () => {
    const note = (id: number, text: string) => `<w:footnote w:id="${id}">${paragraph(text)}</w:footnote>`;
    const parts = {
      body: `<w:p>${run('Refunds')}<w:r><w:footnoteReference w:id="7"/></w:r>${run(' take 30 days.')}<w:r><w:endnoteReference w:id="2"/></w:r></w:p>${paragraph('Next')}`,
      footnotes: `<w:footnote w:id="0" w:type="separator">${paragraph('-')}</w:footnote>${note(7, 'From the day of receipt.')}`,
      endnotes: `<w:endnote w:id="2">${paragraph('See the law.')}</w:endnote>`,
    };
    expect(await blocksOf(parts)).toEqual([
      'paragraph: Refunds[1] take 30 days.[i]',
      'footnote: [1] From the day of receipt.',
      'footnote: [i] See the law.',
      'paragraph: Next',
    ]);
  });

  it('reads tables row by row, merged cells once', async () => {
    const cell = (text: string, properties = '') =>
      `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraph(text)}</w:tc>`;
    const body =
      `<w:tbl><w:tr>${cell('Level')}${cell('Words')}</w:tr>` +
      `<w:tr>${cell('A1', '<w:vMerge w:val="restart"/>')}${cell('500')}</w:tr>` +
      `<w:tr>${cell('A1', '<w:vMerge/>')}${cell('600')}</w:tr>` +
      `<w:tr><w:trPr><w:del/></w:trPr>${cell('gone')}${cell('1')}</w:tr>` +
      `<w:tr>${cell('total', '<w:gridSpan w:val="2"/>')}</w:tr></w:tbl>`;
    expect(await textOf(body)).toBe('Level | Words\nA1 | 500\n| 600\ntotal');
  });

  it('reads a table that arranges the page cell by cell', async () => {
    const inner = `<w:tbl><w:tr><w:tc>${paragraph('a')}</w:tc><w:tc>${paragraph('b')}</w:tc></w:tr></w:tbl>`;
    const body = `<w:tbl><w:tr><w:tc>${paragraph('Left')}${inner}</w:tc><w:tc>${paragraph('Right')}</w:tc></w:tr></w:tbl>`;
    expect(await blocksOf(body)).toEqual(['paragraph: Left', 'table_row: a | b', 'paragraph: Right']);
  });

  it('reads text boxes once', async () => {
    const box = `<w:txbxContent>${paragraph('In the box')}</w:txbxContent>`;
    const body =
      `<w:p>${run('Around')}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>${box}</w:drawing></mc:Choice>` +
      `<mc:Fallback><w:pict><v:textbox>${box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`;
    expect(await textOf(body)).toBe('Around\n\nIn the box');
  });

  it('shows results of fields and values of forms', async () => {
    const checkBox = '<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>';
    const list =
      '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="red"/><w:listEntry w:val="blue"/></w:ddList></w:ffData>';
    const control = (properties: string, content: string) =>
      `<w:sdt><w:sdtPr>${properties}</w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;
    const body =
      `<w:p>${field('REF x', run('see 3'))}${run(' ')}${field('FORMCHECKBOX', '', checkBox)}${run(' agreed ')}` +
      `${field('FORMDROPDOWN', '', list)}${run(' ')}${field('FORMTEXT', run('Ada'))}</w:p>` +
      `<w:p>${control('<w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>', run('☐'))}${run(' refused ')}` +
      `${control('<w:showingPlcHdr/>', run('Click here'))}${control('<w:date/>', run('1 May'))}</w:p>`;
    expect(await textOf(body)).toBe('see 3 ☒ agreed blue Ada\n\n☐ refused 1 May');
  });

  it('leaves out a generated table of contents', async () => {
    const begin = `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`;
    const body =
      `<w:p>${begin}${run('Chapter 1')}${field('PAGEREF x', run('3'))}</w:p>${paragraph('Chapter 2 5')}` +
      `<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>${paragraph('Text')}`;
    expect(await textOf(body)).toBe('Text');
  });

  it('reads symbols, raised numbers and readings', async () => {
    const body =
      `<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>${run(' 10')}${run('6', '<w:vertAlign w:val="superscript"/>')}` +
      `<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r><w:r><w:noBreakHyphen/></w:r>` +
      `<w:r><w:ruby><w:rt>${run('かんじ')}</w:rt><w:rubyBase>${run('漢字')}</w:rubyBase></w:ruby></w:r></w:p>`;
    expect(await textOf(body)).toBe('✓ 10⁶α-漢字(かんじ)');
  });

  it('knows title and language', async () => {
    const styles =
      '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de_AT"/></w:rPr></w:rPrDefault></w:docDefaults>';
    expect(
      await extract({ body: paragraph('x'), styles, core: '<dc:title> A  title </dc:title>' }),
    ).toMatchObject({ title: 'A title', statedLanguage: 'de-AT', pages: null, warnings: [] });
  });

  it('joins paragraphs of program code', async () => {
    const styles = '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="HTML Preformatted"/></w:style>';
    const code = (text: string) => paragraph(text, '<w:pStyle w:val="C"/>');
    expect(await blocksOf({ body: code('if (a)') + code('  b();') + paragraph('x'), styles })).toEqual([
      'code: if (a)\n  b();',
      'paragraph: x',
    ]);
  });

  it('follows namespaces and relationships, not prefixes and names of files', async () => {
    const file = await zipFile({
      '_rels/.rels':
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
        '<Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/parts/main.xml"/></Relationships>',
      'parts/main.xml':
        '<ns0:document xmlns:ns0="http://purl.oclc.org/ooxml/wordprocessingml/main"><ns0:body><ns0:p>' +
        '<ns0:pPr><ns0:outlineLvl ns0:val="0"/></ns0:pPr><ns0:r><ns0:t>Head</ns0:t></ns0:r></ns0:p></ns0:body></ns0:document>',
    });
    const { text, blocks } = await extractDocx(file);
    expect(text).toBe('Head');
    expect(blocks).toEqual([{ kind: 'heading', level: 1, start: 0, end: 4 }]);
  });
});
