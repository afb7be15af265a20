/**
 * Characters that a reader never sees and that split words or carry hidden messages: soft hyphens, zero-width spaces,
 * directional marks, byte order marks, tag characters, control characters.
 */
const INVISIBLE =
  /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Zero-width joiners are spelling in Arabic, Indic and Khmer scripts and glue emoji; after any other character they
 * only hide.
 */
const STRAY_JOINER =
  /(?<![\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Mn}\p{Mc}\p{Extended_Pictographic}\p{Emoji_Modifier}\u{fe0f}\u{0900}-\u{0dff}\u{1000}-\u{109f}\u{1780}-\u{17ff}])[\u200c\u200d]/gu;

/** Returns the text without characters that a reader cannot see; halves of surrogate pairs become U+FFFD. */
export function keepVisibleCharacters(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, '').replace(STRAY_JOINER, '');
}
