/**
 * Measures a JSON text: its maximum depth, an upper bound for its number of values, and the length of its longest name as
 * written. Ignores the content of strings. A text can be read in slices.
 */
export class JsonMeasure {
  depth = 0;
  values = 1;
  nameLength = 0;
  private level = 0;
  private stringStart = 0;
  private stringEnd = 0;
  private inString = false;
  private isEscaped = false;

  /** Reads a slice of `json`; the slices follow one another. */
  read(json: string, from: number, to: number): void {
    for (let index = from; index < to; index += 1) {
      const code = json.charCodeAt(index);
      if (this.inString) this.readInString(code, index);
      else if (code === 0x22) {
        this.inString = true;
        this.stringStart = index + 1;
      } else if (code === 0x3a)
        this.nameLength = Math.max(this.nameLength, this.stringEnd - this.stringStart);
      else if (code === 0x2c) this.values += 1;
      else if (code === 0x5b || code === 0x7b) {
        this.values += 1;
        this.depth = Math.max(this.depth, (this.level += 1));
      } else if (code === 0x5d || code === 0x7d) this.level -= 1;
    }
  }

  private readInString(code: number, index: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (code === 0x5c) this.isEscaped = true;
    else if (code === 0x22) {
      this.inString = false;
      this.stringEnd = index;
    }
  }
}

/** Measures a whole text. */
export function measureJson(json: string): JsonMeasure {
  const measure = new JsonMeasure();
  measure.read(json, 0, json.length);
  return measure;
}
