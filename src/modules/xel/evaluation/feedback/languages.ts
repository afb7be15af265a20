/** Languages of the texts that the deterministic evaluator writes. */
export const FEEDBACK_LANGUAGES = ['en', 'de', 'es', 'pt'] as const;
export type FeedbackLanguage = (typeof FEEDBACK_LANGUAGES)[number];

/** Returns the language of the feedback for a language tag such as `pt-BR`; English when it is not available. */
export function toFeedbackLanguage(tag: string): FeedbackLanguage {
  const language = tag.toLowerCase().split(/[-_]/)[0];
  return FEEDBACK_LANGUAGES.find((available) => available === language) ?? 'en';
}
