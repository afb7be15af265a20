import { type LearnerRule, replaceRule } from './learner-rule.js';

const DAY = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';
const DETERMINER = 'the|a|an|my|your|his|her|our|their|this|that|these|those|it|him|them|me|us|you';

function rule(id: string, pattern: RegExp, correct: LearnerRule['correct']): LearnerRule {
  return replaceRule(id, 'vocabulary', pattern, correct);
}

/** Returns a rule for a word with a wrong preposition. */
function preposition(id: string, words: string, wrong: string, right: string, after = ''): LearnerRule {
  return rule(
    id,
    new RegExp(String.raw`\b(${words}) (?:${wrong})\b${after}`, 'gi'),
    ([, word = '']) => `${word} ${right}`,
  );
}

/** Errors in prepositions and in the choice and the order of words. */
export const WORD_RULES: readonly LearnerRule[] = [
  preposition('interested_in', 'interested', 'on|for|about|at', 'in'),
  preposition(
    'good_at',
    '(?:am|is|are|was|were|be|very|really|so|not|quite) (?:good|bad)',
    'in|on',
    'at',
    String.raw`(?= (?:english|maths|math|mathematics|sports?|football|tennis|languages|cooking|drawing|singing|dancing|playing|swimming|speaking|writing|physics|history)\b)`,
  ),
  preposition('afraid_of', 'afraid|scared', 'from', 'of'),
  preposition('married_to', 'married', 'with', 'to'),
  preposition('depend_on', 'depend|depends|depended|depending', 'of|from|in', 'on'),
  preposition('famous_for', 'famous', 'of|with|by', 'for', String.raw`(?= (?:its|his|her|their|the)\b)`),
  preposition('similar_to', 'similar', 'with|as|than', 'to'),
  preposition('responsible_for', 'responsible', 'of', 'for'),
  preposition('proud_of', 'proud', 'with|for|about', 'of', String.raw`(?= (?:${DETERMINER})\b)`),
  preposition('worried_about', 'worried', 'for|of|with', 'about'),
  preposition(
    'angry_with',
    '(?:am|is|are|was|were|be|so|very) angry',
    'to|of',
    'with',
    String.raw`(?= (?:me|you|him|her|us|them|my|your|his|their)\b)`,
  ),
  preposition('participate_in', 'participate|participates|participated|participating', 'at|to|on', 'in'),
  preposition('consist_of', 'consists?|consisted', 'from|on', 'of'),
  preposition('different_from', 'different', 'of|with', 'from', String.raw`(?= (?:${DETERMINER})\b)`),
  preposition(
    'arrive_at',
    'arrive|arrives|arrived|arriving',
    'to',
    'at',
    String.raw`(?= (?:the|my|your|his|her|our|their|a|home|school|work)\b)`,
  ),
  rule(
    'marry_with',
    /\b(marry|marries|marrying) with (\w+)/gi,
    ([, verb = '', person = '']) => `${verb} ${person}`,
  ),
  rule(
    'listen_to',
    /\b(listen|listens|listened|listening) (music|the radio|songs|the teacher|me|him|her|them)\b/gi,
    ([, verb = '', object = '']) => `${verb} to ${object}`,
  ),
  rule(
    'wait_for',
    /\b(wait|waits|waited|waiting) (him|her|them|me|us|the bus|the train|my \w+)\b/gi,
    ([, verb = '', object = '']) => `${verb} for ${object}`,
  ),
  rule('discuss_about', /\b(discuss|discusses|discussed|discussing) about\b/gi, ([, verb = '']) => verb),
  rule(
    'ask_to_person',
    /\b(ask|asks|asked|asking) to (me|him|her|us|them)\b/gi,
    ([, verb = '', person = '']) => `${verb} ${person}`,
  ),
  rule(
    'enter_in',
    /\b(enter|enters|entered|entering) (?:in|to|in to) (the|a|my|our|his|her|their)\b/gi,
    ([, verb = '', next = '']) => `${verb} ${next}`,
  ),
  rule(
    'go_to_home',
    /\b(go|goes|went|going|come|comes|came|coming|return|returned) to home\b/gi,
    ([, verb = '']) => `${verb} home`,
  ),
  rule(
    'go_to_activity',
    /\b(go|goes|went|going) to (shopping|swimming|fishing|skiing|dancing|camping|running|sightseeing)\b(?! (?:centres?|centers?|malls?|pools?|lessons?|class(?:es)?|clubs?))/gi,
    ([, verb = '', activity = '']) => `${verb} ${activity}`,
  ),
  rule(
    'day_preposition',
    new RegExp(String.raw`\b(in|at) ((?:${DAY})s?|my birthday)\b`, 'gi'),
    ([match = '', , day = '']) => `${/^\p{Lu}/u.test(match) ? 'On' : 'on'} ${day}`,
  ),
  rule(
    'month_preposition',
    /\bon (january|february|march|april|june|july|august|september|october|november|december)\b(?! (?:the )?\d)/gi,
    ([match = '', month = '']) => `${match.startsWith('O') ? 'In' : 'in'} ${month}`,
  ),
  rule(
    'clock_preposition',
    /\b(?:in|on) (?:the )?(\d{1,2}(?:[.:]\d\d)? (?:o['’]clock|a\.?m\.?|p\.?m\.?))/gi,
    ([match = '', time = '']) => `${/^\p{Lu}/u.test(match) ? 'At' : 'at'} ${time}`,
  ),
  rule(
    'very_much_position',
    /\b(like|love|likes|loves|liked|loved) very much (?=(?:the|my|this|that|these|your|his|her|our|to|playing|reading|watching|going|english|music)\b)/gi,
    ([, verb = '']) => `really ${verb} `,
  ),
];
