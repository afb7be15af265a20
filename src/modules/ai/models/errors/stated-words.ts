/**
 * The words and numbers of an error message that are not from the question. A provider may quote the question in its
 * message; what the question contains proves nothing.
 */
export class StatedWords {
  private readonly message: string;
  private readonly question: string;
  private questionNumbers: Set<string> | undefined;

  /** `question`: all texts that the client has chosen. */
  constructor(message: string, question: readonly string[]) {
    this.message = normalize(message);
    this.question = this.message === '' ? '' : normalize(question.join(' '));
  }

  /** Returns whether the message matches. Patterns match letters in lower case, digits and single spaces. */
  says(pattern: RegExp): boolean {
    const found = pattern.exec(this.message)?.[0];
    return found !== undefined && !this.question.includes(found.trim());
  }

  /** Returns the number of the first group of a pattern; undefined when the message does not match. */
  number(pattern: RegExp, group = 1): number | undefined {
    const digits = pattern.exec(this.message)?.[group];
    return digits === undefined || !this.says(pattern) || this.isAsked(digits) ? undefined : Number(digits);
  }

  /** Returns the groups of a pattern; undefined when the message does not match. */
  groups(pattern: RegExp): (string | undefined)[] | undefined {
    return this.says(pattern) ? pattern.exec(this.message)?.slice(1) : undefined;
  }

  /** Returns all numbers of the message. */
  get numbers(): number[] {
    return (this.message.match(/\b\d{1,9}\b/g) ?? []).filter((digits) => !this.isAsked(digits)).map(Number);
  }

  private isAsked(digits: string): boolean {
    this.questionNumbers ??= new Set(this.question.match(/\d+/g));
    return this.questionNumbers.has(digits);
  }
}

/** Joins groups of digits, and replaces everything but letters and digits with single spaces. */
function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?<=\d),(?=\d{3})/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}
