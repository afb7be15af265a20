import { decodeText } from './decode-text.js';
import { type DocumentExtractor, ExtractionFailure } from './extracted-document.js';
import { JsonTokens } from './json-tokens.js';
import { TextBuilder } from './text-builder.js';
import { requireReadableText, textDocument } from './verbatim-text.js';

const MAX_DEPTH = 200;

/** Longer values of an array stand on lines of their own. */
const MAX_JOINED_UNITS = 80;

/** Writes a JSON text as lines of `name: value`. The values of one object are a block, as the row of a table is. */
class JsonWriter {
  readonly builder = new TextBuilder();
  private lines: string[] = [];
  /** How many of the lines, from the first, are names of nested values. */
  private names = 0;
  private depth = 0;

  constructor(private readonly tokens: JsonTokens) {}

  /** Writes all values of the text; a file may have one on each line. */
  writeAll(): void {
    if (this.tokens.peek() === null) this.tokens.fail();
    while (this.tokens.peek() !== null) {
      this.writeValue(null);
      this.endBlock();
    }
  }

  private endBlock(): void {
    if (this.builder.append('table_row', this.lines.join('\n'))) this.builder.endGroup();
    this.lines = [];
    this.names = 0;
  }

  private writeValue(name: string | null): void {
    if (this.tokens.take('{')) this.writeNested(name, () => this.writeMembers());
    else if (this.tokens.take('['))
      this.writeNested(this.isNextScalar() ? null : name, () => this.writeElements(name));
    else this.lines.push(name === null ? this.readScalar() : `${name}: ${this.readScalar()}`);
  }

  private writeNested(name: string | null, write: () => void): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new ExtractionFailure(
        'unreadable',
        `The values of the file are nested deeper than ${MAX_DEPTH} times.`,
      );
    }
    if (name !== null) this.writeName(name);
    write();
    this.depth -= 1;
  }

  private writeName(name: string): void {
    if (this.tokens.isNext('}') || this.tokens.isNext(']')) {
      this.lines.push(`${name}:`);
      return;
    }
    if (this.lines.length > this.names) this.endBlock();
    this.lines.push(name);
    this.names += 1;
  }

  private writeMembers(): void {
    if (this.tokens.take('}')) return;
    do {
      const name = this.tokens.next();
      if (name?.kind !== 'string' || !this.tokens.take(':')) this.tokens.fail();
      this.writeValue(name.value);
    } while (this.tokens.take(','));
    if (!this.tokens.take('}')) this.tokens.fail();
    this.endBlock();
  }

  private writeElements(name: string | null): void {
    if (this.tokens.take(']')) return;
    const values: string[] = [];
    do {
      if (this.isNextScalar()) values.push(this.readScalar());
      else {
        this.writeScalars(name, values.splice(0));
        this.writeValue(null);
      }
    } while (this.tokens.take(','));
    if (!this.tokens.take(']')) this.tokens.fail();
    this.writeScalars(name, values);
  }

  private writeScalars(name: string | null, values: string[]): void {
    if (values.length === 0) return;
    const isLong = values.some((value) => value.length > MAX_JOINED_UNITS);
    this.lines.push(`${name === null ? '' : `${name}: `}${values.join(isLong ? '\n' : ', ')}`);
  }

  private isNextScalar(): boolean {
    const kind = this.tokens.peek()?.kind;
    return kind === 'string' || kind === 'literal';
  }

  private readScalar(): string {
    const token = this.tokens.next();
    return token === null || token.kind === 'punctuation' ? this.tokens.fail() : token.value;
  }
}

/** Reads JSON, also with one value on each line. Numbers and repeated names stay as they are written. */
export const extractJson: DocumentExtractor = async (bytes) => {
  const { text: decoded, warnings } = decodeText(bytes);
  requireReadableText(decoded);
  const writer = new JsonWriter(new JsonTokens(decoded));
  writer.writeAll();
  const { text, blocks } = writer.builder.build();
  return Promise.resolve(textDocument(text, blocks, { warnings }));
};
