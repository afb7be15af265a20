import { getResolvedPDFJS } from 'unpdf';
import { placeFields } from './form-fields.js';
import type { FormAnnotation } from './form-fields.js';
import { toMatrix } from './matrix.js';
import { namedOperators } from './operators.js';
import { PageFonts } from './page-fonts.js';
import { PageGlyphReader } from './page-glyphs.js';
import type { PageGlyphs } from './page-glyphs.js';
import { readLines } from './page-lines.js';
import type { PageLine } from './page-lines.js';
import type { PDFDocument, PDFPage } from './pdf-library.js';
import type { PictureDetector } from './picture-detector.js';
import { selectVisibleGlyphs } from './visible-glyphs.js';

export interface ReadPage {
  lines: PageLine[];
  height: number;
  /** Whether text was left out that a reader cannot see. */
  hidden: boolean;
  /** Whether the page has no text, but shows a picture or drawings. */
  isPicture: boolean;
}

/** A page without text and with this many drawn paths shows something, possibly letters as outlines. */
const MANY_PATHS = 100;

/** Reads the pages of a document one by one and releases each before the next. */
export class PageReader {
  private readonly fonts = new PageFonts();

  private constructor(
    private readonly document: PDFDocument,
    private readonly pictures: PictureDetector,
    private readonly operators: Awaited<ReturnType<typeof getResolvedPDFJS>>['OPS'],
    private readonly layers: { isVisible(group: unknown): boolean } | null,
  ) {}

  static async create(document: PDFDocument, pictures: PictureDetector): Promise<PageReader> {
    const { OPS } = await getResolvedPDFJS();
    const layers = await document.getOptionalContentConfig().catch(() => null);
    return new PageReader(document, pictures, OPS, layers as { isVisible(group: unknown): boolean } | null);
  }

  async read(number: number): Promise<ReadPage> {
    const page = await this.document.getPage(number);
    try {
      const { width, height, transform } = page.getViewport({ scale: 1 });
      const viewport = toMatrix(transform);
      const { glyphs, count } = await this.readGlyphs(page, viewport);
      const annotations = (await page.getAnnotations().catch(() => [])) as FormAnnotation[];
      const baselines = annotations.length === 0 ? [] : [...new Set(glyphs.painted.map(({ y }) => y))];
      glyphs.painted.push(...placeFields(annotations, viewport, baselines));
      const mayHavePicture = glyphs.unpainted.length + glyphs.white.length > 0 || glyphs.painted.length === 0;
      const hasPicture = mayHavePicture && (await this.pictures.hasPicture(number, count));
      const { groups, hidden } = selectVisibleGlyphs(glyphs, { width, height }, hasPicture);
      const lines = readLines(groups, number);
      return {
        lines,
        height,
        hidden,
        isPicture: lines.length === 0 && (hasPicture || glyphs.paths > MANY_PATHS),
      };
    } finally {
      page.cleanup();
    }
  }

  private async readGlyphs(
    page: PDFPage,
    viewport: ReturnType<typeof toMatrix>,
  ): Promise<{ glyphs: PageGlyphs; count: number }> {
    const list = await page.getOperatorList({ annotationMode: 0 });
    const reader = new PageGlyphReader({
      viewport,
      fontOf: (id, shown) => this.fonts.find(page, id, shown),
      isLayerVisible: (group) => this.layers?.isVisible(group) ?? true,
    });
    return { glyphs: reader.read(namedOperators(list, this.operators)), count: list.fnArray.length };
  }
}
