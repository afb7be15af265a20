/** Returns the part as it is when it reads as one term, else in parentheses. */
function term(text: string): string {
  const trimmed = text.trim();
  return /^(?:[\p{L}\p{N}\p{M}.,′']*|[^\s\p{L}\p{N}]|\([^()]*\))$/u.test(trimmed) ? trimmed : `(${trimmed})`;
}

export function fraction(numerator: string, denominator: string): string {
  return `${term(numerator)}/${term(denominator)}`;
}

export function withScripts(base: string, sub: string, sup: string): string {
  const below = sub.trim() === '' ? '' : `_${term(sub)}`;
  const above = sup.trim() === '' ? '' : `^${term(sup)}`;
  return `${below === '' && above === '' ? base : term(base)}${below}${above}`;
}

/** A sum, product or integral with its bounds. */
export function bigOperator(operator: string, bounds: { from: string; to: string }, body: string): string {
  return `${withScripts(operator, bounds.from, bounds.to)} ${body.trim()}`;
}

const ROOTS: Readonly<Record<string, string>> = { '': '√', '2': '√', '3': '∛', '4': '∜' };

export function root(degree: string, radicand: string): string {
  const sign = ROOTS[degree.trim()];
  const inner = `(${radicand.trim()})`;
  return sign === undefined ? `root(${degree.trim()}, ${radicand.trim()})` : `${sign}${inner}`;
}

/** Formulas are often written with letters of their own for italic and bold; readers search the usual ones. */
export function plainLetters(text: string): string {
  return text.replace(/[\u{2145}-\u{2149}\u{1d400}-\u{1d7ff}]/gu, (letter) => letter.normalize('NFKC'));
}

/** Joins parts that stand side by side; a space shows where an exponent, an index or a fraction ends or begins. */
export function joinTerms(parts: readonly string[]): string {
  const joined: string[] = [];
  let previous = '';
  for (const part of parts) {
    const endsOpen = /[/_^][\p{L}\p{N}]+$/u.test(previous.slice(-20)) && /^[\p{L}\p{N}]/u.test(part);
    const beginsOpen = /[\p{L}\p{N}]$/u.test(previous.slice(-2)) && /^[\p{L}\p{N}]{1,20}\//u.test(part);
    joined.push(endsOpen || beginsOpen ? ` ${part}` : part);
    if (part !== '') previous = part;
  }
  return joined.join('');
}

/** Numbers above each other without a bar, as in a binomial coefficient. */
export function stack(above: string, below: string): string {
  return `${term(above)}¦${term(below)}`;
}
