export interface PdfOptions {
  /** Content stream of each page. */
  pages: string[];
  /** Entries of the catalog, and further objects by number from 100, as PDF source. */
  catalog?: string;
  info?: string;
  pageEntries?: string;
  objects?: Record<number, string>;
}

/** Builds a small PDF file whose pages are 612 by 792 points and have Helvetica as /F1 and a picture as /Im. */
export function buildPdf({
  pages,
  catalog = '',
  info,
  pageEntries = '',
  objects = {},
}: PdfOptions): Uint8Array {
  const kids = pages.map((_, index) => `${10 + 2 * index} 0 R`).join(' ');
  const source: Record<number, string> = {
    1: `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    2: `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    3: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    4: stream(
      '/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8',
      'abcd',
    ),
    5: `<< ${info ?? ''} >>`,
    ...objects,
  };
  pages.forEach((content, index) => {
    const resources = '/Resources << /Font << /F1 3 0 R >> /XObject << /Im 4 0 R >> >>';
    const entries = `/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] ${resources} ${pageEntries}`;
    source[10 + 2 * index] = `<< ${entries} /Contents ${11 + 2 * index} 0 R >>`;
    source[11 + 2 * index] = stream('', content);
  });
  return write(source, info === undefined ? '' : '/Info 5 0 R');
}

/** Returns operators that show a text in Latin letters at a place. */
export function showAt(x: number, y: number, text: string, size = 12): string {
  const escaped = text.replace(/[\\()]/g, '\\$&');
  return `BT /F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped}) Tj ET`;
}

const stream = (entries: string, content: string): string =>
  `<< ${entries} /Length ${content.length} >>\nstream\n${content}\nendstream`;

function write(source: Record<number, string>, trailer: string): Uint8Array {
  let text = '%PDF-1.7\n';
  const offsets = new Map<number, number>();
  for (const [number, body] of Object.entries(source)) {
    offsets.set(Number(number), text.length);
    text += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const start = text.length;
  const rows = [...offsets].map(
    ([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`,
  );
  text += `xref\n0 1\n0000000000 65535 f \n${rows.join('')}`;
  text += `trailer\n<< /Size ${Math.max(...offsets.keys()) + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
