import { keepVisibleCharacters } from '@/modules/knowledge/extraction/visible-characters.js';
import { isControl } from './controls.js';
import { displayOf } from './display.js';
import type { Display } from './display.js';
import { headingLevel, PREFORMATTED_ELEMENTS, SKIPPED_ELEMENTS } from './elements.js';
import { formValue } from './form-values.js';
import { openList, takeMarker } from './html-lists.js';
import type { OpenList } from './html-lists.js';
import { isLayoutTable } from './html-tables.js';
import type { BlockContext, HtmlTextWriter } from './html-text-writer.js';
import { enterInline } from './inline-elements.js';
import { toLinearMath } from './math-ml.js';
import { isFrame, isSection } from './page-structure.js';
import type { PageStructure } from './page-structure.js';
import { attribute, isElement, isText } from './parse-html.js';
import type { HtmlElement, HtmlNode } from './parse-html.js';
import type { StyleSheet } from './style-sheet.js';
import { isShown, visibilityOf } from './visibility.js';
import type { Visibility } from './visibility.js';

/** What an open element passes on to its children. */
interface Scope {
  context: BlockContext;
  visibility: Visibility;
  /** Line breaks of the source are line breaks of the text. */
  keepsLines: boolean;
  /** Children are placed as boxes of their own, as in a flex container. */
  separatesChildren: boolean;
  list: OpenList | null;
  isInSection: boolean;
  isInTable: boolean;
  isFrame: boolean;
}

interface OpenElement {
  scope: Scope;
  children: readonly HtmlNode[];
  next: number;
  leave: () => void;
}

export interface Page {
  styles: StyleSheet;
  structure: PageStructure;
  visibility: Visibility;
}

const NOTES = /(^|\s)(sd)?(footnotes?|endnotes?|references)(\s|$)/i;

/** Reads the elements of a page in document order, without recursion, and writes what a reader sees. */
export class HtmlWalker {
  /** A text that a reader cannot see was left out. */
  foundHiddenText = false;
  private readonly open: OpenElement[] = [];

  constructor(
    private readonly writer: HtmlTextWriter,
    private readonly page: Page,
  ) {}

  walk(body: HtmlElement): void {
    this.enter(body, {
      context: { kind: 'paragraph' },
      visibility: this.page.visibility,
      keepsLines: false,
      separatesChildren: false,
      list: null,
      isInSection: false,
      isInTable: false,
      isFrame: false,
    });
    for (let level = this.open.at(-1); level !== undefined; level = this.open.at(-1)) {
      const node = level.children[level.next];
      level.next += 1;
      if (node === undefined) {
        this.open.pop();
        level.leave();
      } else if (isText(node)) this.writeText(node.value, level.scope);
      else if (isElement(node)) this.enter(node, level.scope, level.children[level.next - 2]);
    }
    this.writer.startBlock({ kind: 'paragraph' });
  }

  private writeText(value: string, scope: Scope): void {
    if (scope.isFrame) return;
    if (isShown(scope.visibility)) {
      this.writer.write(scope.keepsLines ? value : value.replace(/[ \t\n\r\f]+/g, ' '));
    } else if (keepVisibleCharacters(value).trim() !== '') this.foundHiddenText = true;
  }

  private enter(element: HtmlElement, parent: Scope, previous?: HtmlNode): void {
    if (SKIPPED_ELEMENTS.has(element.tagName) || isControl(element, parent.context)) return;
    const values = this.page.styles.valuesOf(element);
    const scope = this.scopeOf(element, values, parent);
    const value = element.tagName === 'math' ? toLinearMath(element) : formValue(element);
    if (value !== null) {
      this.writeText(` ${value} `, { ...scope, keepsLines: true });
      return;
    }
    const display = displayOf(element, values, { isSeparated: parent.separatesChildren, previous });
    const leaveBox = this.enterBox(display, scope, parent);
    const leaveElement = this.enterContent(element, values, scope);
    const leave = (): void => {
      leaveBox();
      leaveElement();
    };
    this.open.push({ scope, children: element.childNodes, next: 0, leave });
  }

  private scopeOf(element: HtmlElement, values: ReadonlyMap<string, string>, parent: Scope): Scope {
    const { tagName } = element;
    const whiteSpace = values.get('white-space');
    const keepsLines = whiteSpace === undefined ? parent.keepsLines : whiteSpace.startsWith('pre');
    const { structure } = this.page;
    const isKeptHeading = tagName === 'h1' && !structure.contentHasMainHeading;
    return {
      context: contextOf(element, parent.context),
      visibility: visibilityOf(element, values, this.inheritedBy(parent)),
      keepsLines: keepsLines || PREFORMATTED_ELEMENTS.has(tagName),
      separatesChildren: /flex|grid/.test(values.get('display') ?? ''),
      list: parent.list,
      isInSection: parent.isInSection || isSection(element),
      isInTable: parent.isInTable,
      isFrame: (parent.isFrame && !isKeptHeading) || isFrame(element, parent.isInSection, structure),
    };
  }

  /** A container without font size is a usual trick against gaps; its children then get a size by their own rules. */
  private inheritedBy({ visibility }: Scope): Visibility {
    const isUndone = visibility.fontSizeZero && this.page.styles.maySet('font-size');
    return isUndone ? { ...visibility, fontSizeZero: false } : visibility;
  }

  /** Separates the element from what precedes and follows it, as its box on the screen does. */
  private enterBox(display: Display, scope: Scope, parent: Scope): () => void {
    switch (display) {
      case 'block':
        this.writer.startBlock(scope.context);
        return () => this.writer.startBlock(parent.context);
      case 'spaced':
        this.writer.write(' ');
        return () => this.writer.write(' ');
      case 'inline':
        scope.context = parent.context;
        return () => undefined;
    }
  }

  private enterContent(element: HtmlElement, values: ReadonlyMap<string, string>, scope: Scope): () => void {
    switch (element.tagName) {
      case 'ol':
      case 'ul':
      case 'menu':
      case 'dir':
        return this.enterList(element, values, scope);
      case 'li':
        return this.enterItem(element, values, scope);
      case 'table':
        scope.isInTable = !isLayoutTable(element);
        this.writer.endGroup();
        return () => this.writer.endGroup();
      case 'tr':
        return scope.isInTable ? this.enterRow() : () => undefined;
      case 'td':
      case 'th':
        return scope.isInTable ? this.enterCell() : () => undefined;
      default:
        return enterInline(this.writer, element);
    }
  }

  private enterList(element: HtmlElement, values: ReadonlyMap<string, string>, scope: Scope): () => void {
    const isOutermost = scope.list === null;
    scope.list = openList(element, values);
    if (isOutermost) this.writer.endGroup();
    return () => (isOutermost ? this.writer.endGroup() : undefined);
  }

  private enterItem(element: HtmlElement, values: ReadonlyMap<string, string>, scope: Scope): () => void {
    const isInline =
      values.get('display')?.startsWith('inline') === true || values.get('list-style') === 'none';
    const marker = scope.list === null ? '• ' : takeMarker(scope.list, element);
    const isVisible = isShown(scope.visibility) && !scope.isFrame && !isInline;
    this.writer.startItem(isVisible ? marker : '');
    return () => this.writer.endItem();
  }

  private enterRow(): () => void {
    this.writer.startRow();
    return () => this.writer.endRow();
  }

  private enterCell(): () => void {
    this.writer.startCapture();
    return () => this.writer.addCell(this.writer.endCapture());
  }
}

function contextOf(element: HtmlElement, parent: BlockContext): BlockContext {
  const { tagName } = element;
  const role = attribute(element, 'role');
  const level = headingLevel(tagName, role, attribute(element, 'aria-level'));
  if (level !== null) return { kind: 'heading', level };
  if (PREFORMATTED_ELEMENTS.has(tagName)) return { kind: 'code' };
  if (/^doc-(foot|end)notes?$/.test(role ?? '') || NOTES.test(attribute(element, 'class') ?? '')) {
    return { kind: 'footnote' };
  }
  if (parent.kind === 'footnote') return parent;
  return tagName === 'li' ? { kind: 'list_item' } : parent;
}
