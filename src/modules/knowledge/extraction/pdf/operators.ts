import type { OPS, PDFOperatorList } from './pdf-library.js';

/** The operators of a page with their names in pdf.js. */
export interface PageOperators {
  forEach(visit: (name: string, args: readonly unknown[]) => void): void;
}

/** Gives names to the numbers of an operator list. */
export function namedOperators(list: PDFOperatorList, operators: OPS): PageOperators {
  const names = new Map(Object.entries(operators).map(([name, code]) => [code, name]));
  return {
    forEach(visit) {
      list.fnArray.forEach((code, index) => {
        visit(names.get(code) ?? '', (list.argsArray[index] as unknown[] | null) ?? []);
      });
    },
  };
}
