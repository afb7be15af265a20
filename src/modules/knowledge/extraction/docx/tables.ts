import { unwrap, unwrappedChildren } from './content-controls.js';
import { headingLevelOf } from './styles.js';
import type { Styles } from './styles.js';
import { childElements, childNamed, flagOf, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

export interface TableRow {
  isHidden: boolean;
  cells: TableCell[];
}

export interface TableCell {
  element: XmlElement;
  /** The cell continues the one above or before it and shows nothing itself. */
  isMerged: boolean;
}

/** Returns the rows of a table without the deleted ones. */
export function rowsOf(table: XmlElement): TableRow[] {
  return unwrappedChildren(table, 'w:tr')
    .map((row) => ({ row, properties: childNamed(row, 'w:trPr') }))
    .filter(({ properties }) => childNamed(properties, 'w:del') === undefined)
    .map(({ row, properties }) => ({
      isHidden: flagOf(properties, 'w:hidden') ?? false,
      cells: unwrappedChildren(row, 'w:tc').map((element) => ({ element, isMerged: isMerged(element) })),
    }));
}

function isMerged(cell: XmlElement): boolean {
  const properties = childNamed(cell, 'w:tcPr');
  return ['w:vMerge', 'w:hMerge'].some((name) => {
    const merge = childNamed(properties, name);
    return merge !== undefined && merge.attributes['w:val'] !== 'restart';
  });
}

/**
 * Returns whether a table only arranges the page: it has a single cell, contains another table, or has a heading with
 * text below it in the same cell. Its cells are read one after the other, not as rows.
 */
export function isLayoutTable(rows: readonly TableRow[], styles: Styles): boolean {
  const cells = rows.flatMap((row) => row.cells);
  return cells.length === 1 || cells.some(({ element }) => arrangesParts(element, styles));
}

function arrangesParts(cell: XmlElement, styles: Styles): boolean {
  let foundHeading = false;
  for (const block of blocksIn(cell)) {
    if (block.name === 'w:tbl') return true;
    if (block.name !== 'w:p' || !hasRuns(block)) continue;
    if (foundHeading) return true;
    const properties = childNamed(block, 'w:pPr');
    foundHeading =
      headingLevelOf(properties, styles.paragraphLineage(valueOf(properties, 'w:pStyle'))) !== null;
  }
  return false;
}

function blocksIn(cell: XmlElement): XmlElement[] {
  return childElements(cell).flatMap((child) => unwrap(child) ?? [child]);
}

function hasRuns(paragraph: XmlElement): boolean {
  return childElements(paragraph).some(
    (child) => child.name !== 'w:pPr' && !child.name.startsWith('w:bookmark'),
  );
}
