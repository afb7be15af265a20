/** Text search configurations that PostgreSQL 15 and later have, by the language of ISO 639-1. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  ar: 'arabic',
  ca: 'catalan',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hi: 'hindi',
  hu: 'hungarian',
  hy: 'armenian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  nb: 'norwegian',
  ne: 'nepali',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
};

/** Splits a text into words, and neither stems them nor leaves any out. */
export const UNSTEMMED_CONFIGURATION = 'simple';

/** Returns the text search configuration of a language, given as BCP 47 tag. */
export function toSearchConfiguration(language: string | null): string {
  const [primary = ''] = (language ?? '').toLowerCase().split('-');
  return CONFIGURATIONS[primary] ?? UNSTEMMED_CONFIGURATION;
}
