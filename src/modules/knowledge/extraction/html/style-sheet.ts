import { parseDeclarations } from './css-declarations.js';
import type { Declarations } from './css-declarations.js';
import { attribute } from './parse-html.js';
import type { HtmlElement } from './parse-html.js';

/** A compound selector without combinators: an element name, an id and classes, each of them optional. */
interface SimpleSelector {
  tagName: string | null;
  ids: string[];
  classes: string[];
}

interface StyleRule {
  selector: SimpleSelector;
  specificity: number;
  /** The place in the style sheets; of equally specific rules the last wins. */
  order: number;
  declarations: Declarations;
}

const SELECTOR = /^([a-z][\w-]*|\*)?((?:[.#][\w-]+)*)$/i;

/** The rules of the `<style>` elements of a page that have a simple selector; other rules are not judged. */
export class StyleSheet {
  private readonly rules = new Map<string, StyleRule[]>();
  /** Properties that rules with other selectors set, for elements that are not known. */
  private readonly unjudged = new Set<string>();
  private count = 0;
  private readonly matched = new Map<string, StyleRule[]>();

  constructor(css: string) {
    for (const { selectors, block } of topLevelRules(css)) {
      const declarations = parseDeclarations(block);
      if (declarations.size === 0) continue;
      for (const text of selectors.split(',')) this.add(text.trim(), declarations);
    }
  }

  /** Returns whether a rule that is not judged may set the property of an element. */
  maySet(property: string): boolean {
    return this.unjudged.has(property);
  }

  /** Returns the values that apply to an element, its `style` attribute included. */
  valuesOf(element: HtmlElement): Map<string, string> {
    const inline = attribute(element, 'style');
    const matching = this.matchingRules(element).map((rule) => rule.declarations);
    if (inline !== null) matching.push(parseDeclarations(inline));
    const values = new Map<string, string>();
    for (const isImportant of [false, true]) {
      for (const declarations of matching) {
        for (const [property, { value, important }] of declarations) {
          if (important === isImportant) values.set(property, value);
        }
      }
    }
    return values;
  }

  private add(text: string, declarations: Declarations): void {
    const parts = SELECTOR.exec(text);
    if (text === '' || parts === null) {
      for (const property of declarations.keys()) this.unjudged.add(property);
      return;
    }
    const tagName = parts[1] === undefined || parts[1] === '*' ? null : parts[1].toLowerCase();
    const names = parts[2]?.match(/[.#][\w-]+/g) ?? [];
    const ids = names.filter((name) => name.startsWith('#')).map((name) => name.slice(1));
    const classes = names.filter((name) => name.startsWith('.')).map((name) => name.slice(1));
    const specificity = ids.length * 1e6 + classes.length * 1e3 + (tagName === null ? 0 : 1);
    const key = names[0] ?? tagName ?? '*';
    this.count += 1;
    const rule = { selector: { tagName, ids, classes }, specificity, order: this.count, declarations };
    const rules = this.rules.get(key);
    if (rules === undefined) this.rules.set(key, [rule]);
    else rules.push(rule);
  }

  private matchingRules(element: HtmlElement): StyleRule[] {
    if (this.rules.size === 0) return [];
    const id = attribute(element, 'id');
    const names = attribute(element, 'class') ?? '';
    const key = `${element.tagName} ${id ?? ''} ${names}`;
    let rules = this.matched.get(key);
    if (rules === undefined) {
      rules = this.selectRules(element.tagName, id, new Set(names.split(/\s+/)));
      this.matched.set(key, rules);
    }
    return rules;
  }

  private selectRules(tagName: string, id: string | null, classes: ReadonlySet<string>): StyleRule[] {
    const keys = [
      '*',
      tagName,
      ...(id === null ? [] : [`#${id}`]),
      ...[...classes].map((name) => `.${name}`),
    ];
    return keys
      .flatMap((key) => this.rules.get(key) ?? [])
      .filter(
        ({ selector }) =>
          (selector.tagName === null || selector.tagName === tagName) &&
          selector.ids.every((name) => name === id) &&
          selector.classes.every((name) => classes.has(name)),
      )
      .sort((one, other) => one.specificity - other.specificity || one.order - other.order);
  }
}

/** Yields the rules outside of at-rules, and those of `@media screen` and `@media all`. */
function* topLevelRules(css: string): Generator<{ selectors: string; block: string }> {
  const clean = css.replace(/\/\*[\s\S]*?(\*\/|$)/g, '').replace(/<!--|-->/g, '');
  let at = 0;
  while (at < clean.length) {
    const open = clean.indexOf('{', at);
    if (open < 0) return;
    const prelude = clean.slice(at, open);
    const selectors = prelude.slice(prelude.lastIndexOf(';') + 1).replace(/^[\s}]+/, '');
    const close = endOfBlock(clean, open);
    if (/^@media\s+(screen|all)\s*$/i.test(selectors)) {
      at = open + 1;
      continue;
    }
    if (!selectors.startsWith('@')) yield { selectors, block: clean.slice(open + 1, close) };
    at = close + 1;
  }
}

/** Returns the place of the brace that closes the block, or the end of the text. */
function endOfBlock(css: string, open: number): number {
  const braces = /[{}]/g;
  braces.lastIndex = open;
  let depth = 0;
  for (let brace = braces.exec(css); brace !== null; brace = braces.exec(css)) {
    depth += brace[0] === '{' ? 1 : -1;
    if (depth === 0) return brace.index;
  }
  return css.length;
}
