import { defaultTreeAdapter, parse } from 'parse5';
import type { DefaultTreeAdapterMap, DefaultTreeAdapterTypes, TreeAdapter } from 'parse5';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';

export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
export type HtmlParent = DefaultTreeAdapterTypes.ParentNode;

/**
 * Largest number of elements. Unclosed formatting elements are repeated in each following paragraph, therefore a small
 * file may have very many.
 */
export const MAX_ELEMENTS = 2_000_000;

/** Parses a page as browsers do; throws `too_large` when it has too many elements. */
export function parseHtml(html: string): DefaultTreeAdapterTypes.Document {
  let elements = 0;
  const treeAdapter: TreeAdapter<DefaultTreeAdapterMap> = {
    ...defaultTreeAdapter,
    createElement: (tagName, namespace, attributes) => {
      elements += 1;
      if (elements > MAX_ELEMENTS) {
        throw new ExtractionFailure('too_large', 'The page has more than two million elements.');
      }
      return defaultTreeAdapter.createElement(tagName, namespace, attributes);
    },
  };
  return parse(html, { treeAdapter });
}

export function isText(node: HtmlNode): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === '#text';
}

export function isElement(node: HtmlNode | HtmlParent): node is HtmlElement {
  return 'tagName' in node;
}

export function attribute(element: HtmlElement, name: string): string | null {
  return element.attrs.find((candidate) => candidate.name === name)?.value ?? null;
}

/** Returns the nodes of a tree in document order, without recursion; `enters` tells whether to look inside one. */
export function* nodesIn(
  root: HtmlParent,
  enters: (element: HtmlElement) => boolean = () => true,
): Generator<HtmlNode> {
  const open: { children: HtmlNode[]; next: number }[] = [{ children: root.childNodes, next: 0 }];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const child = level.children[level.next];
    level.next += 1;
    if (child === undefined) {
      open.pop();
      continue;
    }
    yield child;
    if (isElement(child) && enters(child)) open.push({ children: child.childNodes, next: 0 });
  }
}

export function* elementsIn(
  root: HtmlParent,
  enters?: (element: HtmlElement) => boolean,
): Generator<HtmlElement> {
  for (const node of nodesIn(root, enters)) if (isElement(node)) yield node;
}

/** Returns the text of a tree as it is written, for elements that contain plain text such as `title`. */
export function plainText(root: HtmlParent): string {
  const parts: string[] = [];
  for (const node of nodesIn(root)) if (isText(node)) parts.push(node.value);
  return parts.join('');
}
