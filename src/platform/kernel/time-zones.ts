/**
 * Returns whether `name` is `UTC` or an IANA time zone with a slash, such as `Europe/Berlin`. Abbreviations such as `BST` or
 * `IST` are none: JavaScript and PostgreSQL read them as different zones.
 */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  try {
    return /^[A-Za-z_]+\//.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
