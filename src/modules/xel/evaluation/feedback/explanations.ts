import { EXPLANATIONS, type ExplanationKey } from './explanation-texts.js';
import { toFeedbackLanguage } from './languages.js';

const KEYS: Readonly<Record<string, ExplanationKey>> = {
  age_with_have: 'age',
  agree_with_be: 'extra_be',
  be_with_base_verb: 'extra_be',
  modal_with_to: 'modal',
  modal_with_third_person: 'modal',
  past_time_with_present: 'past_time',
  present_with_past_time: 'past_time',
  perfect_with_past_time: 'past_time',
  since_with_duration: 'since_for',
  present_progressive_with_since: 'until_now',
  present_with_since: 'until_now',
  did_with_past: 'auxiliary',
  does_with_third_person: 'auxiliary',
  look_forward_to_infinitive: 'gerund',
  gerund_after_verb: 'gerund',
  infinitive_after_verb: 'infinitive',
  want_without_to: 'infinitive',
  suggest_with_infinitive: 'suggest',
  make_with_to: 'make_let',
  if_with_would: 'conditional',
  say_with_person: 'say_tell',
  uncountable_plural: 'uncountable',
  article_with_uncountable: 'uncountable',
  many_with_uncountable: 'uncountable',
  irregular_plural: 'irregular_plural',
  job_without_article: 'job_article',
  double_comparative: 'comparison',
  double_superlative: 'comparison',
  comparative_with_that: 'comparison',
  too_much_with_adjective: 'too_much',
  plural_subject_with_singular_verb: 'agreement',
  singular_pronoun_with_plural_verb: 'agreement',
  much_with_countable: 'number',
  article_with_plural: 'number',
  every_with_plural: 'number',
  one_of_with_singular: 'number',
  this_with_plural: 'number',
  these_with_singular: 'number',
  peoples: 'number',
  marry_with: 'no_preposition',
  discuss_about: 'no_preposition',
  ask_to_person: 'no_preposition',
  enter_in: 'no_preposition',
  go_to_home: 'no_preposition',
  go_to_activity: 'no_preposition',
  listen_to: 'missing_preposition',
  wait_for: 'missing_preposition',
  very_much_position: 'word_order',
  perfect_with_other_form: 'participle',
  to_can: 'be_able_to',
  modal_with_can: 'be_able_to',
  explain_person: 'explain_to',
  make_or_do: 'collocation',
  have_feeling: 'feeling',
  there_is_with_plural: 'agreement',
  others_with_noun: 'number',
  the_most_of: 'number',
  opinion_phrase: 'collocation',
  contrast_phrase: 'preposition',
  checker_spelling: 'spelling',
  checker_typo: 'spelling',
  checker_boundaryerror: 'spelling',
  checker_capitalization: 'mechanics',
  checker_punctuation: 'mechanics',
  checker_agreement: 'agreement',
};

/**
 * Returns the explanation of an error in a language. `message` is that of the grammar checker, which exists in English only; it is
 * used for English, where it says more.
 */
export function explainError(ruleId: string, language: string, message: string | null): string {
  const available = toFeedbackLanguage(language);
  if (available === 'en' && message !== null) return message;
  const key = KEYS[ruleId] ?? (ruleId.startsWith('checker_') ? 'other' : 'preposition');
  return EXPLANATIONS[key][available];
}
