/**
 * Control characters that no headline keeps of its text: the first four stand for `<`, `>`, `/` and `-`, which the
 * parser of PostgreSQL would swallow with what they hold together, the last two begin and end a match.
 */
export const HEADLINE_MARKS = ['\u0001', '\u0002', '\u0003', '\u0004', '\u0005', '\u0006'] as const;
