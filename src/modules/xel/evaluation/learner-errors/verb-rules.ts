import { type LearnerRule, replaceRule, withCapitalOf } from './learner-rule.js';
import { alternationOf, findVerb } from './verb-forms.js';

const NUMBER = String.raw`(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)`;
const PAST_TIME = String.raw`(?:yesterday|last (?:night|week|weekend|month|year|summer|winter|spring|autumn|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:${NUMBER}|a few|some|many|a) (?:minutes?|hours?|days?|weeks?|months?|years?) ago)`;
const MODAL = String.raw`can|could|must|should|will|would|might|can't|cannot|couldn't|mustn't|shouldn't|won't|wouldn't`;
const PRESENT_OF_BE: Readonly<Record<string, string>> = {
  have: 'are',
  has: 'is',
  had: 'was',
};
const ACTIVITIES =
  'go|come|eat|drink|buy|meet|visit|play|watch|travel|cook|arrive|stay|see|walk|swim|dance|wake|take|make';
const BASE = alternationOf('base', ({ base }) => base !== 'be');
const THIRD = alternationOf('thirdPerson', ({ base }) => base !== 'be');

function rule(id: string, pattern: RegExp, correct: LearnerRule['correct']): LearnerRule {
  return replaceRule(id, 'grammar', pattern, correct);
}

function toPast(verb: string): string | null {
  if (/^(?:am|is)$/i.test(verb)) return 'was';
  if (/^are$/i.test(verb)) return 'were';
  return (findVerb('base', verb) ?? findVerb('thirdPerson', verb))?.past ?? null;
}

/** Errors in the form, the tense and the pattern of verbs. */
export const VERB_RULES: readonly LearnerRule[] = [
  rule(
    'age_with_have',
    new RegExp(
      String.raw`\b(I|you|he|she|it|we|they|\w+) (have|has|had) (${NUMBER}) years?(?: old)?\b(?! (?:of|to|left|in|as|before|ago|experience|with)\b)`,
      'gi',
    ),
    ([, subject = '', verb = '', age = '']) =>
      `${subject} ${/^i$/i.test(subject) && verb === 'have' ? 'am' : (PRESENT_OF_BE[verb.toLowerCase()] ?? 'is')} ${age} years old`,
  ),
  rule('agree_with_be', /\b(am|is|are|was|were) agree\b/gi, ([, be = '']) =>
    /^w/i.test(be) ? 'agreed' : /^is$/i.test(be) ? 'agrees' : 'agree',
  ),
  rule(
    'be_with_base_verb',
    new RegExp(String.raw`\b(I) (?:am|'m) (${BASE})\b(?!-)`, 'g'),
    ([match, subject = '', verb = '']) =>
      /^(?:put|read|become|come|run)$/.test(verb) ? null : match && `${subject} ${verb}`,
  ),
  rule(
    'modal_with_to',
    new RegExp(String.raw`\b(${MODAL})( not)? to (${BASE}|be)\b`, 'gi'),
    ([, modal = '', not = '', verb = ''], before) =>
      isNotModal(modal, before) ? null : `${modal}${not} ${verb}`,
  ),
  rule(
    'modal_with_third_person',
    new RegExp(String.raw`\b(${MODAL})( not)? (${THIRD})\b`, 'gi'),
    ([, modal = '', not = '', verb = ''], before) =>
      isNotModal(modal, before) ? null : `${modal}${not} ${findVerb('thirdPerson', verb)?.base ?? verb}`,
  ),
  rule(
    'past_time_with_present',
    new RegExp(
      String.raw`\b(?<!\b(?:since|from|until|till|than|like|of|for the|in the|over the|during the) )(${PAST_TIME},?(?: (?:at|in|on|after|before|with|morning|afternoon|evening|night|lunch|dinner|the|my|\w+day)){0,4},? )(I|we|they|you|he|she|it) (am|is|are|go|goes|come|comes|eat|eats|drink|drinks|buy|buys|meet|meets|visit|visits|play|plays|watch|watches|travel|travels|cook|cooks|arrive|arrives|stay|stays|see|sees|walk|walks|wake|wakes|take|takes|make|makes|do|does|get|gets)\b`,
      'gi',
    ),
    ([, time = '', subject = '', verb = '']) => {
      const past = toPast(verb);
      return past === null ? null : `${time}${subject} ${past}`;
    },
  ),
  rule(
    'present_with_past_time',
    new RegExp(
      String.raw`\b(I|we|they|he|she) (${ACTIVITIES}|goes|comes|eats|buys|meets|visits|plays|watches)((?: (?!that|because|who|which|when|where|how|why|what|but|and|so|if|since|from|than|like|the last)[\w'’-]+){1,8} ${PAST_TIME})\b`,
      'gi',
    ),
    ([, subject = '', verb = '', rest = '']) => {
      const past = toPast(verb);
      return past === null ? null : `${subject} ${past}${rest}`;
    },
  ),
  rule(
    'perfect_with_past_time',
    new RegExp(
      String.raw`\b(have|has) (${alternationOf('participle')})((?: (?!since|for|in the|over|during|until|that|because|and|but)[\w'’-]+){0,6} ${PAST_TIME})\b`,
      'gi',
    ),
    ([match, , participle = '', rest = '']) => {
      if (/\b(?:since|for the|in the|over the|during the) last\b/i.test(match ?? '')) return null;
      const past = participle.toLowerCase() === 'been' ? 'was' : findVerb('participle', participle)?.past;
      return past === undefined ? null : `${past}${rest}`;
    },
  ),
  rule(
    'since_with_duration',
    new RegExp(
      String.raw`\bsince ((?:${NUMBER}|many|several|some|a few|a) (?:minutes?|hours?|days?|weeks?|months?|years?)|a long time)\b(?! ago)`,
      'gi',
    ),
    ([match, duration = '']) => `${withCapitalOf(match ?? '', 'for')} ${duration}`,
  ),
  rule(
    'present_progressive_with_since',
    /\b(am|is|are) (living|working|studying|learning|waiting|playing|teaching|using|staying)((?: (?!because)[\w'’-]+){0,6} (?:since|for (?:\d+|two|three|four|five|six|ten|many|several|a few) (?:days|weeks|months|years)))\b/gi,
    ([, be = '', verb = '', rest = '']) => `${/^is$/i.test(be) ? 'has' : 'have'} been ${verb}${rest}`,
  ),
  rule(
    'present_with_since',
    /\b(I|we|they|you) (live|work|study|know|learn|teach|play)((?: (?!because)[\w'’-]+){0,5} since (?:\d{4}|I was|my childhood|last|january|february|march|april|june|july|august|september|october|november|december))\b/gi,
    ([, subject = '', verb = '', rest = '']) =>
      `${subject} have ${findVerb('base', verb)?.participle ?? verb}${rest}`,
  ),
  rule(
    'did_with_past',
    new RegExp(
      String.raw`\b(didn['’]t|did not|did (?:I|you|he|she|it|we|they)) (${alternationOf('past', ({ base, past }) => base !== past && base !== 'be')}|was|were)\b`,
      'gi',
    ),
    ([, did = '', verb = '']) =>
      /^(?:was|were)$/i.test(verb)
        ? did.startsWith('did ')
          ? null
          : verb.replace(/^w/, 'w').concat(' not')
        : `${did} ${findVerb('past', verb)?.base ?? verb}`,
  ),
  rule(
    'does_with_third_person',
    new RegExp(String.raw`\b(doesn['’]t|does not|does (?:he|she|it)|don['’]t) (${THIRD})\b`, 'gi'),
    ([, does = '', verb = '']) => `${does} ${findVerb('thirdPerson', verb)?.base ?? verb}`,
  ),
  rule(
    'look_forward_to_infinitive',
    new RegExp(String.raw`\b(look(?:s|ed|ing)? forward to) (${BASE}|be)\b`, 'gi'),
    ([, phrase = '', verb = '']) => `${phrase} ${findVerb('base', verb)?.gerund ?? verb}`,
  ),
  rule(
    'gerund_after_verb',
    new RegExp(
      String.raw`\b((?:enjoy|avoid|finish|dislike|practise|practice)(?:s|es|ed|d)?) to (${BASE}|be)\b`,
      'gi',
    ),
    ([, verb = '', second = '']) => `${verb} ${findVerb('base', second)?.gerund ?? second}`,
  ),
  rule(
    'infinitive_after_verb',
    new RegExp(
      String.raw`\b(wants?|wanted|would like|hopes?|hoped|decided?|decides) (${alternationOf('gerund')})\b`,
      'gi',
    ),
    ([, verb = '', second = '']) => `${verb} to ${findVerb('gerund', second)?.base ?? second}`,
  ),
  rule(
    'want_without_to',
    new RegExp(
      String.raw`\b(wants?|wanted|would like) (go|see|be|eat|buy|learn|travel|study|live|become|speak|meet|understand|improve|try|have|make|find|get|visit|know)\b`,
      'gi',
    ),
    ([, verb = '', second = '']) => `${verb} to ${second}`,
  ),
  rule(
    'suggest_with_infinitive',
    new RegExp(String.raw`\b(suggest(?:s|ed)?) (me|you|him|her|us|them) to (${BASE}|be)\b`, 'gi'),
    ([, verb = '', person = '', second = '']) =>
      `${verb} that ${SUBJECTS[person.toLowerCase()] ?? person} ${second}`,
  ),
  rule(
    'make_with_to',
    new RegExp(String.raw`\b(makes?|made|lets?) (me|you|him|her|us|them) to (${BASE}|be)\b`, 'gi'),
    ([, verb = '', person = '', second = '']) => `${verb} ${person} ${second}`,
  ),
  rule(
    'if_with_would',
    /\bif (I|you|he|she|it|we|they) would (have )?(?!like\b|please\b|mind\b|prefer\b|not\b|be so\b|rather\b)(\w+)\b/gi,
    ([match = '', subject = '', have, verb = '']) => {
      const conjunction = match.slice(0, 2);
      if (have) return `${conjunction} ${subject} had ${verb}`;
      const past =
        verb.toLowerCase() === 'be'
          ? 'were'
          : verb.toLowerCase() === 'have'
            ? 'had'
            : findVerb('base', verb)?.past;
      return past === undefined ? null : `${conjunction} ${subject} ${past}`;
    },
  ),
  rule(
    'say_with_person',
    /\b(say|says|said) (me|him|her|us|them) (that|to|about|the|a|my)\b/gi,
    ([, verb = '', person = '', next = '']) =>
      `${verb.toLowerCase() === 'said' ? 'told' : verb.toLowerCase() === 'says' ? 'tells' : 'tell'} ${person} ${next}`,
  ),
];

const SUBJECTS: Readonly<Record<string, string>> = {
  me: 'I',
  him: 'he',
  her: 'she',
  us: 'we',
  them: 'they',
  you: 'you',
};

/** Returns whether the word is a noun, or the object of a clause: the will to live; all you can to help. */
function isNotModal(modal: string, before: string): boolean {
  const isNoun =
    modal.toLowerCase() === 'will' &&
    /\b(?:the|a|his|her|their|our|my|your|free|of|strong|no)\s+$/i.test(before);
  return (
    isNoun ||
    /\b(?:all|everything|what|whatever|best|anything|much|soon|hard)\s+(?:that\s+)?\w+\s+$/i.test(before)
  );
}
