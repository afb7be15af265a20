/** Whole words whose expansion is irregular, and negatives without their apostrophe. */
const EXPANSIONS: Readonly<Record<string, string>> = {
  "won't": 'will not',
  "can't": 'can not',
  cannot: 'can not',
  "shan't": 'shall not',
  "let's": 'let us',
  im: 'i am',
  ive: 'i have',
  youre: 'you are',
  theyre: 'they are',
  ...Object.fromEntries(
    ['is', 'are', 'was', 'were', 'do', 'does', 'did', 'has', 'have', 'had', 'could', 'would', 'should'].map(
      (verb) => [`${verb}nt`, `${verb} not`],
    ),
  ),
};

const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/n't$/, ' not'],
  [/'m$/, ' am'],
  [/'re$/, ' are'],
  [/'ll$/, ' will'],
  [/'ve$/, ' have'],
  // Can be short for several words: see `isSameWord`.
  [/'(s|d)$/, " '$1"],
];

const NUMBERS: readonly string[] =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

/** American spellings, with the British ones. */
const SPELLINGS: Readonly<Record<string, string>> = {
  color: 'colour',
  colors: 'colours',
  colored: 'coloured',
  favorite: 'favourite',
  neighbor: 'neighbour',
  neighbors: 'neighbours',
  center: 'centre',
  theater: 'theatre',
  meter: 'metre',
  gray: 'grey',
  canceled: 'cancelled',
  traveled: 'travelled',
  traveling: 'travelling',
  learned: 'learnt',
  apologize: 'apologise',
  apologized: 'apologised',
  organize: 'organise',
  organized: 'organised',
  realize: 'realise',
  realized: 'realised',
  summarize: 'summarise',
  program: 'programme',
  jewelry: 'jewellery',
  practice: 'practise',
};

/** What a short form can stand for. */
const SHORT_FORMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["'s", ['is', 'has']],
  ["'d", ['had', 'would']],
]);

/**
 * Returns the words of an answer in a common form. Case, punctuation, white space, the width and shape of characters, hyphens,
 * contractions, numbers up to twenty and American spelling make no difference.
 */
export function toWords(answer: string): string[] {
  return answer
    .replace(/[‘’ʼ´`′]/g, "'") // before the normalization, which makes a blank of some
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .flatMap(expandWord);
}

function expandWord(raw: string): string[] {
  // An apostrophe at the beginning of a short form ('s) is a part of the word; others are quotation marks.
  const word = /^'(s|d|m|re|ll|ve)$/.test(raw) ? raw : raw.replace(/^'+|'+$/g, '');
  if (word === '') return [];
  const expanded = Object.hasOwn(EXPANSIONS, word) ? EXPANSIONS[word] : undefined;
  const text = expanded ?? ENDINGS.reduce((form, [ending, full]) => form.replace(ending, full), word);
  return text.trim().split(' ').map(toCommonSpelling);
}

function toCommonSpelling(word: string): string {
  const number = /^\d{1,2}$/.test(word) ? NUMBERS[Number(word)] : undefined;
  return number ?? (Object.hasOwn(SPELLINGS, word) ? (SPELLINGS[word] ?? word) : word);
}

/** Returns whether two words are the same; a short form is the same as what it can stand for. */
export function isSameWord(one: string, other: string): boolean {
  return (
    one === other ||
    (SHORT_FORMS.get(one)?.includes(other) ?? false) ||
    (SHORT_FORMS.get(other)?.includes(one) ?? false)
  );
}

/** Returns whether two answers are the same after normalization. */
export function isSameAnswer(one: string, other: string): boolean {
  const [words, others] = [toWords(one), toWords(other)];
  return (
    words.length === others.length && words.every((word, index) => isSameWord(word, others[index] ?? ''))
  );
}
