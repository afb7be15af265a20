/** Controls without a meaning in a text; U+0000 cannot be stored in PostgreSQL. */
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f]/g;

/** A flag such as that of Scotland is a black flag and tag characters; a reader sees it. */
const TAGGED_FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,6}\u{e007f}/uy;

/** Scripts that are written without blanks and mark the ends of words by a zero width space. */
const UNSPACED_SCRIPTS = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const INVISIBLE_RUN =
  /[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]+|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2,}/gu;

/** Such characters write letters that no reader sees, or show letters in an order that is not theirs. */
const HIDING = /[\u202d\u202e\u{e0000}-\u{e007f}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;

/** So many invisible characters in a row write something; fewer are left by editors. */
const HIDING_RUN_UNITS = 4;

export interface VisibleText {
  text: string;
  /** Whether the invisible characters said something to a program that they did not say to a reader. */
  hasHiddenText: boolean;
}

/**
 * Returns a text without its invisible characters and with blanks for its control characters. The joiners U+200C and
 * U+200D stay, since Arabic, Indic scripts and emoji are written with them.
 */
export function removeInvisibleCharacters(text: string): VisibleText {
  let hasHiddenText = false;
  const visible = text.replace(CONTROLS, ' ').replace(INVISIBLE_RUN, (run, offset: number, whole: string) => {
    TAGGED_FLAG.lastIndex = offset - 2;
    if (offset >= 2 && TAGGED_FLAG.test(whole) && TAGGED_FLAG.lastIndex === offset + run.length) return run;
    if (run === '\u200b' && UNSPACED_SCRIPTS.test(whole.slice(Math.max(0, offset - 1), offset))) return run;
    hasHiddenText ||= run.length >= HIDING_RUN_UNITS || HIDING.test(run);
    return '';
  });
  return { text: visible, hasHiddenText };
}
