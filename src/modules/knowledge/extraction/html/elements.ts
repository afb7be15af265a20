/** Elements that begin and end a line of their own, unless a style says otherwise. */
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p pre ' +
    'search section summary table tbody td tfoot th thead tr ul xmp'
  ).split(' '),
);

/** Elements whose content a reader never sees, and which are not meant to hide text either. */
export const SKIPPED_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'head title script style template noscript noframes noembed iframe object embed audio video canvas map datalist ' +
    'progress meter annotation annotation-xml metadata defs desc rp img del'
  ).split(' '),
);

/** Elements that are drawn with space around them, so that their text never continues a word. */
export const SPACED_ELEMENTS: ReadonlySet<string> = new Set(
  'button input select textarea label svg text tspan foreignObject math'.split(' '),
);

export const PREFORMATTED_ELEMENTS: ReadonlySet<string> = new Set(['pre', 'listing', 'xmp', 'plaintext']);

/** Returns 1 to 6 for a heading, also for one by its role. */
export function headingLevel(tagName: string, role: string | null, ariaLevel: string | null): number | null {
  const digit = /^h([1-6])$/.exec(tagName)?.[1];
  if (digit !== undefined) return Number(digit);
  if (role !== 'heading') return null;
  const level = Number(ariaLevel ?? 2);
  return Number.isInteger(level) && level > 0 ? Math.min(level, 6) : 2;
}
