import { ExtractionFailure } from './extracted-document.js';

export type JsonToken =
  | { kind: 'punctuation'; sign: '{' | '}' | '[' | ']' | ',' | ':' }
  | { kind: 'string'; value: string }
  /** A number as it is written, `true`, `false` or `null`. */
  | { kind: 'literal'; value: string };

const WHITE_SPACE = /[ \t\r\n]*/y;
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y;
const PUNCTUATION = '{}[],:';

/** Reads the tokens of a JSON text. Numbers keep all their digits, which `JSON.parse` would round. */
export class JsonTokens {
  private position = 0;
  private ahead: JsonToken | null | undefined;

  constructor(private readonly text: string) {}

  /** Returns the next token without reading past it; null at the end of the text. */
  peek(): JsonToken | null {
    if (this.ahead === undefined) this.ahead = this.read();
    return this.ahead;
  }

  next(): JsonToken | null {
    const token = this.peek();
    this.ahead = undefined;
    return token;
  }

  isNext(sign: string): boolean {
    const token = this.peek();
    return token?.kind === 'punctuation' && token.sign === sign;
  }

  /** Reads a sign when it is the next token, and returns whether it was. */
  take(sign: string): boolean {
    const isNext = this.isNext(sign);
    if (isNext) this.ahead = undefined;
    return isNext;
  }

  fail(): never {
    const line = this.text.slice(0, this.position).split(/\r\n|[\r\n]/).length;
    throw new ExtractionFailure('unreadable', `The file is not valid JSON in line ${line}.`);
  }

  private match(expression: RegExp): string | null {
    expression.lastIndex = this.position;
    const [match] = expression.exec(this.text) ?? [null];
    this.position += match?.length ?? 0;
    return match;
  }

  private read(): JsonToken | null {
    this.match(WHITE_SPACE);
    if (this.position >= this.text.length) return null;
    const sign = this.text.charAt(this.position);
    if (PUNCTUATION.includes(sign)) {
      this.position += 1;
      return { kind: 'punctuation', sign: sign as '{' };
    }
    if (sign === '"') return { kind: 'string', value: this.readString() };
    return { kind: 'literal', value: this.match(LITERAL) ?? this.fail() };
  }

  private readString(): string {
    const start = this.position;
    let end = start + 1;
    for (;;) {
      end = this.text.indexOf('"', end);
      if (end < 0) this.fail();
      let slashes = 0;
      while (this.text.charAt(end - 1 - slashes) === '\\') slashes += 1;
      end += 1;
      if (slashes % 2 === 0) break;
    }
    try {
      const value = JSON.parse(this.text.slice(start, end)) as string;
      this.position = end;
      return value;
    } catch {
      return this.fail();
    }
  }
}
