import { docxFile } from '@test/support/documents/docx-file.js';
import { extractDocx } from './extract-docx.js';

const r = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
const textOf = async (math: string) =>
  (await extractDocx(await docxFile({ body: `<w:p><m:oMath>${math}</m:oMath></w:p>` }))).text;

describe('formulas of a Word document', () => {
  it.each([
    ['fractions', `${r('v=')}<m:f><m:num>${r('s')}</m:num><m:den>${r('t')}</m:den></m:f>`, 'v=s/t'],
    ['compound fractions', `<m:f><m:num>${r('a+b')}</m:num><m:den>${r('2')}</m:den></m:f>`, '(a+b)/2'],
    ['powers', `<m:sSup><m:e>${r('x')}</m:e><m:sup>${r('2')}</m:sup></m:sSup>`, 'x^2'],
    ['indices', `<m:sSub><m:e>${r('x')}</m:e><m:sub>${r('i+1')}</m:sub></m:sSub>`, 'x_(i+1)'],
    ['roots', `<m:rad><m:radPr><m:degHide/></m:radPr><m:deg/><m:e>${r('x+1')}</m:e></m:rad>`, '√(x+1)'],
    ['cube roots', `<m:rad><m:deg>${r('3')}</m:deg><m:e>${r('8')}</m:e></m:rad>`, '∛(8)'],
    [
      'sums',
      `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>${r('i=1')}</m:sub><m:sup>${r('n')}</m:sup><m:e>${r('i')}</m:e></m:nary>`,
      '∑_(i=1)^n i',
    ],
    [
      'brackets',
      `<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>${r('0,1')}</m:e></m:d>`,
      '[0,1]',
    ],
    [
      'powers before letters',
      `<m:sSup><m:e>${r('x')}</m:e><m:sup>${r('2')}</m:sup></m:sSup>${r('y')}`,
      'x^2 y',
    ],
    [
      'binomial coefficients',
      `<m:f><m:fPr><m:type m:val="noBar"/></m:fPr><m:num>${r('n')}</m:num><m:den>${r('k')}</m:den></m:f>`,
      'n¦k',
    ],
    ['italic letters', r('𝑥+𝛼'), 'x+α'],
  ])('are written in one line: %s', async (_name, math, text) => {
    expect(await textOf(math)).toBe(text);
  });
});
