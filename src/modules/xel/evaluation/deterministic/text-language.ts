const MIN_LETTERS = 40;

/** Returns the ISO 639-1 code of the language of a text; null when the text is short or the result is doubtful. */
export async function detectTextLanguage(text: string): Promise<string | null> {
  if ((text.match(/\p{L}/gu)?.length ?? 0) < MIN_LETTERS) return null;
  const { eld } = await import('eld/small');
  const result = eld.detect(text.slice(0, 4_000).toWellFormed());
  return result.language !== '' && result.isReliable() ? result.language : null;
}
