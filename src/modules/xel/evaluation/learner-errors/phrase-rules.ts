import { type LearnerRule, replaceRule, withCapitalOf } from './learner-rule.js';
import { alternationOf, findVerb } from './verb-forms.js';

const BASE = alternationOf('base');
/** Base forms that are no nouns and no participles: "we have drink" can be right. */
const PLAIN_VERBS = 'go|see|eat|write|know|speak|choose|forget|begin|teach|tell|think|bring|do|be';
/** Past forms that are no participles, and that do not follow "have" in a short relative clause. */
const PAST_FORMS =
  'went|saw|ate|did|wrote|took|gave|knew|spoke|chose|forgot|began|drank|swam|sang|drove|wore';
const PLURAL = String.raw`many|several|two|three|four|five|six|seven|eight|nine|ten|people|children|some people|a lot of people|lots of people`;
const FOLLOWS_FEELING = String.raw`(?=[.,!?;]|$| (?:and|but|because|when|now|so|today|after|all)\b)`;

function rule(id: string, pattern: RegExp, correct: LearnerRule['correct']): LearnerRule {
  return replaceRule(id, 'grammar', pattern, correct);
}

function phrase(id: string, pattern: RegExp, correct: LearnerRule['correct']): LearnerRule {
  return replaceRule(id, 'vocabulary', pattern, correct);
}

function toParticiple(form: string): string | undefined {
  return (findVerb('base', form) ?? findVerb('past', form))?.participle;
}

/** The right verb for a noun that learners use with another one. */
const VERB_OF_NOUN: readonly [RegExp, string][] = [
  [/mistake|decision|effort|noise|plan|progress|friend/i, 'make'],
  [/homework|exercise|sport|shopping|housework|job/i, 'do'],
  [/photo|picture|shower|break/i, 'take'],
  [/party/i, 'have'],
];

function toRightVerb(verb: string, noun: string): string | null {
  const right = findVerb('base', VERB_OF_NOUN.find(([nouns]) => nouns.test(noun))?.[1] ?? '');
  const used = (['base', 'thirdPerson', 'past', 'participle', 'gerund'] as const).find((form) =>
    ['make', 'do'].some((base) => findVerb('base', base)?.[form] === verb.toLowerCase()),
  );
  return right && used ? withCapitalOf(verb, right[used]) : null;
}

/** Returns whether "do" begins a question: did the party end? */
function asksQuestion(verb: string, before: string): boolean {
  return (
    /^(?:do|does|did)$/i.test(verb) &&
    /(?:^|[.!?,]\s*|\b(?:how|why|when|where|what|which|nor|neither|and|but|so) )$/i.test(before)
  );
}

/** Errors in fixed phrases, and in verbs that belong together. */
export const PHRASE_RULES: readonly LearnerRule[] = [
  rule(
    'perfect_with_other_form',
    new RegExp(
      String.raw`\b(have|has|haven't|hasn't|(?:I|you|we|they)'ve)((?: (?:not|never|already|just|always|ever|also|only))?) (${PLAIN_VERBS}|${PAST_FORMS})\b(?!-)`,
      'gi',
    ),
    ([, have = '', adverb = '', verb = ''], before) => {
      const participle = toParticiple(verb);
      // "Do you have do" is no perfect.
      return participle === undefined || /\b(?:do|does|did|to) (?:\w+ )?$/i.test(before)
        ? null
        : `${have}${adverb} ${participle}`;
    },
  ),
  rule(
    'to_can',
    new RegExp(String.raw`\bto can (${BASE})\b`, 'gi'),
    ([, verb = '']) => `to be able to ${verb}`,
  ),
  rule(
    'modal_with_can',
    new RegExp(String.raw`\b(will|would|must|should|might|could) can (${BASE})\b`, 'gi'),
    ([, modal = '', verb = '']) => `${modal} be able to ${verb}`,
  ),
  rule(
    'explain_person',
    /\b(explain|explains|explained|explaining) (me|us|him|her|them) (?=(?:the|what|how|why|when|where|that|this|it|your|my|his|everything|something)\b)/gi,
    ([, verb = '', person = '']) => `${verb} to ${person} `,
  ),
  rule(
    'have_feeling',
    new RegExp(
      String.raw`\b(I|you|we|they) (have|had) (hungry|thirsty|afraid|tired|sleepy|scared)${FOLLOWS_FEELING}`,
      'gi',
    ),
    ([, subject = '', have = '', feeling = '']) => `${subject} ${toBe(subject, have)} ${feeling}`,
  ),
  rule(
    'there_is_with_plural',
    new RegExp(
      String.raw`\b(there) (is|was) (${PLURAL})\b(?! (?:hundred|thousand|million|percent|per cent|an?)\b)`,
      'gi',
    ),
    ([, there = '', be = '', next = '']) => `${there} ${/^is$/i.test(be) ? 'are' : 'were'} ${next}`,
  ),
  rule(
    'others_with_noun',
    /\b(others) (people|persons|countries|cities|things|students|children|places|words|languages|friends|animals)\b/gi,
    ([, others = '', noun = '']) => `${others.slice(0, -1)} ${noun}`,
  ),
  rule(
    'the_most_of',
    /\b(the most) of (the )?(people|students|time|countries|children|families|men|women)\b/gi,
    ([match = '', , the = '', noun = ''], before) =>
      /\b(?:make|makes|made|making) $/i.test(before)
        ? null
        : `${withCapitalOf(match, 'most')} ${the === '' ? '' : 'of the '}${noun}`,
  ),
  phrase(
    'make_or_do',
    /\b(make|makes|made|making|do|does|did|done|doing) ((?:a|an|my|your|his|her|our|their|some|many|the|any) )?(mistakes?|decisions?|effort|noise|plans|progress|friends|homework|exercises?|sports?|shopping|housework|photos?|pictures?|shower|party)\b/gi,
    ([, verb = '', determiner = '', noun = ''], before) => {
      const right = toRightVerb(verb, noun);
      const isRight = right?.toLowerCase() === verb.toLowerCase();
      return right === null || isRight || asksQuestion(verb, before) ? null : `${right} ${determiner}${noun}`;
    },
  ),
  phrase(
    'opinion_phrase',
    /\b(according to me|in my point of view|for my opinion|on my opinion)\b/gi,
    ([match = '']) => withCapitalOf(match, /view/i.test(match) ? 'from my point of view' : 'in my opinion'),
  ),
  phrase('contrast_phrase', /\b(in|by|at) the (one|other) hand\b/gi, ([match = '', , which = '']) =>
    withCapitalOf(match, `on the ${which} hand`),
  ),
];

function toBe(subject: string, have: string): string {
  const isFirstPerson = /^i$/i.test(subject);
  if (/^had$/i.test(have)) return isFirstPerson ? 'was' : 'were';
  return isFirstPerson ? 'am' : 'are';
}
