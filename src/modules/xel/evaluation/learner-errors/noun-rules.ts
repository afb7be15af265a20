import { type LearnerRule, replaceRule, withCapitalOf } from './learner-rule.js';

const UNCOUNTABLE_PLURALS: Readonly<Record<string, string>> = {
  informations: 'information',
  advices: 'advice',
  furnitures: 'furniture',
  homeworks: 'homework',
  equipments: 'equipment',
  knowledges: 'knowledge',
  luggages: 'luggage',
  baggages: 'baggage',
  feedbacks: 'feedback',
  softwares: 'software',
  musics: 'music',
  moneys: 'money',
  traffics: 'traffic',
  sceneries: 'scenery',
  breads: 'bread',
  weathers: 'weather',
  transports: 'transport',
};

const IRREGULAR_PLURALS: Readonly<Record<string, string>> = {
  childs: 'children',
  childrens: 'children',
  mans: 'men',
  womans: 'women',
  womens: 'women',
  foots: 'feet',
  tooths: 'teeth',
  sheeps: 'sheep',
  persones: 'people',
};

const UNCOUNTABLE =
  'information|advice|furniture|homework|luggage|equipment|money|traffic|music|knowledge|software';
const PLURALS =
  'people|friends|books|things|students|children|cars|countries|places|problems|persons|tourists|languages|houses|shops|' +
  'restaurants|ideas|questions|words|trees|animals|jobs|reasons|films|movies|songs|games|women|men|teachers|opportunities';
const SINGULARS =
  'friend|thing|book|student|place|problem|question|word|country|city|reason|film|movie|song|game|teacher|person|animal|idea|car|house|day';
const PLURAL_OF: Readonly<Record<string, string>> = {
  country: 'countries',
  city: 'cities',
  person: 'people',
};
const JOBS =
  'teacher|student|doctor|engineer|nurse|driver|lawyer|waiter|waitress|programmer|manager|secretary|dentist|farmer|cook|chef|' +
  'pilot|actor|actress|singer|writer|journalist|architect|accountant|electrician|scientist|designer|developer|policeman';
const COMPARATIVES =
  'better|worse|bigger|smaller|easier|cheaper|faster|slower|happier|older|younger|taller|shorter|longer|stronger|weaker|higher|' +
  'lower|richer|poorer|nicer|colder|hotter|warmer|harder|safer|cleaner|healthier|larger|quicker|busier|funnier|smarter';
const SUPERLATIVES =
  'best|worst|biggest|smallest|easiest|cheapest|fastest|happiest|oldest|youngest|tallest|shortest|longest|strongest|highest|richest|nicest|hottest|coldest|largest';
const ADJECTIVES =
  'expensive|difficult|big|small|hot|cold|long|far|easy|tired|important|late|early|busy|happy|sad|hard|fast|slow|old|young|short';
const FUNCTION_WORD = String.raw`(?=[.,;:!?]|$|\s+(?:about|to|for|that|from|and|which|because|on|of|in|with|is|was|when|before|after|but|so|it)\b)`;

function rule(id: string, pattern: RegExp, correct: LearnerRule['correct']): LearnerRule {
  return replaceRule(id, 'grammar', pattern, correct);
}

function toPlural(noun: string): string {
  return PLURAL_OF[noun.toLowerCase()] ?? `${noun}s`;
}

/** Errors in number, in articles, in comparison, and in agreement. */
export const NOUN_RULES: readonly LearnerRule[] = [
  rule(
    'uncountable_plural',
    new RegExp(String.raw`\b(${Object.keys(UNCOUNTABLE_PLURALS).join('|')})\b`, 'gi'),
    ([match = '']) => withCapitalOf(match, UNCOUNTABLE_PLURALS[match.toLowerCase()] ?? match),
  ),
  rule(
    'irregular_plural',
    new RegExp(String.raw`\b(${Object.keys(IRREGULAR_PLURALS).join('|')})\b(?!['’])`, 'gi'),
    ([match = '']) => withCapitalOf(match, IRREGULAR_PLURALS[match.toLowerCase()] ?? match),
  ),
  rule(
    'article_with_uncountable',
    new RegExp(String.raw`\ban? (${UNCOUNTABLE}|news)\b${FUNCTION_WORD}`, 'gi'),
    ([match = '', noun = '']) => `${withCapitalOf(match, 'some')} ${noun}`,
  ),
  rule(
    'many_with_uncountable',
    new RegExp(String.raw`\bmany (${UNCOUNTABLE})\b${FUNCTION_WORD}`, 'gi'),
    ([match = '', noun = '']) => `${withCapitalOf(match, 'much')} ${noun}`,
  ),
  rule(
    'much_with_countable',
    new RegExp(String.raw`\bmuch (${PLURALS})\b`, 'gi'),
    ([match = '', noun = '']) => `${withCapitalOf(match, 'many')} ${noun}`,
  ),
  rule(
    'article_with_plural',
    new RegExp(String.raw`\ba (${PLURALS})\b(?! person| people|['’])`, 'gi'),
    ([match = '', noun = '']) => withCapitalOf(match, noun),
  ),
  rule(
    'every_with_plural',
    /\bevery (days|weeks|months|years|students|people|persons|things|times|countries)\b/gi,
    ([match = '', noun = '']) =>
      `${match.slice(0, 5)} ${noun === 'people' ? 'person' : noun === 'countries' ? 'country' : noun.slice(0, -1)}`,
  ),
  rule(
    'one_of_with_singular',
    new RegExp(
      String.raw`\b(one of (?:the|my|his|her|our|their)(?: (?:best|most \w+|${SUPERLATIVES}))?) (${SINGULARS})\b(?![\w'’-]| \w+s\b)`,
      'gi',
    ),
    ([, phrase = '', noun = '']) => `${phrase} ${toPlural(noun)}`,
  ),
  rule(
    'this_with_plural',
    new RegExp(String.raw`\bthis (${PLURALS})\b(?!['’])`, 'gi'),
    ([match = '', noun = '']) => `${withCapitalOf(match, 'these')} ${noun}`,
  ),
  rule(
    'these_with_singular',
    new RegExp(String.raw`\b(these|those) (${SINGULARS})\b(?!['’-]| \w+s\b)`, 'gi'),
    ([, determiner = '', noun = '']) => `${determiner} ${toPlural(noun)}`,
  ),
  rule(
    'peoples',
    /\b(many|some|a lot of|these|those|other|most|all) peoples\b/gi,
    ([, determiner = '']) => `${determiner} people`,
  ),
  rule(
    'job_without_article',
    new RegExp(String.raw`\b((?:I|he|she)(?: am| is|['’]m|['’]s| was)) (${JOBS})\b`, 'gi'),
    ([, phrase = '', job = '']) => `${phrase} ${/^[aeiou]/i.test(job) ? 'an' : 'a'} ${job}`,
  ),
  rule(
    'double_comparative',
    new RegExp(String.raw`\bmore (${COMPARATIVES})\b`, 'gi'),
    ([match = '', adjective = '']) => withCapitalOf(match, adjective),
  ),
  rule(
    'double_superlative',
    new RegExp(String.raw`\bmost (${SUPERLATIVES})\b`, 'gi'),
    ([match = '', adjective = '']) => withCapitalOf(match, adjective),
  ),
  rule(
    'comparative_with_that',
    new RegExp(
      String.raw`\b(${COMPARATIVES.replace('better|worse|', '').replace('easier|', '')}) (?:that|as) (me|him|her|us|them|mine|yours|the|my|your|his|in)\b`,
      'gi',
    ),
    ([, adjective = '', next = '']) => `${adjective} than ${next}`,
  ),
  rule(
    'too_much_with_adjective',
    new RegExp(
      String.raw`\btoo much (${ADJECTIVES})\b(?=[.,;:!?]|$| (?:for|to|and|but|because|in|at|now|today)\b)`,
      'gi',
    ),
    ([match = '', adjective = '']) => `${withCapitalOf(match, 'too')} ${adjective}`,
  ),
  rule(
    'plural_subject_with_singular_verb',
    /\b(people|children|men|women|they|we|my parents|my friends) (is|was|has|doesn['’]t|goes|likes|lives|works|wants|needs)\b/gi,
    ([, subject = '', verb = ''], before) =>
      /\b(?:of|for|with|to|than|about)\s+(?:the\s+|some\s+|many\s+|these\s+)?$/i.test(before)
        ? null
        : `${subject} ${PLURAL_VERBS[verb.toLowerCase().replace('’', "'")] ?? verb}`,
  ),
  rule(
    'singular_pronoun_with_plural_verb',
    /\b(everyone|everybody|someone|nobody|everything|nothing|each person) (are|were|have|go|like|want|need)\b/gi,
    ([, subject = '', verb = ''], before) =>
      /\b(?:let|make|help|see|hear|watch|made|should|can|will|would|does|did)\s+$/i.test(before)
        ? null
        : `${subject} ${SINGULAR_VERBS[verb.toLowerCase()] ?? verb}`,
  ),
];

const PLURAL_VERBS: Readonly<Record<string, string>> = {
  is: 'are',
  was: 'were',
  has: 'have',
  "doesn't": "don't",
  goes: 'go',
  likes: 'like',
  lives: 'live',
  works: 'work',
  wants: 'want',
  needs: 'need',
};

const SINGULAR_VERBS: Readonly<Record<string, string>> = {
  are: 'is',
  were: 'was',
  have: 'has',
  go: 'goes',
  like: 'likes',
  want: 'wants',
  need: 'needs',
};
