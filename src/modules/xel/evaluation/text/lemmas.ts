/** Frequent irregular forms. */
const IRREGULAR: Readonly<Record<string, string>> = {
  am: 'be',
  is: 'be',
  are: 'be',
  was: 'be',
  were: 'be',
  been: 'be',
  being: 'be',
  has: 'have',
  had: 'have',
  having: 'have',
  does: 'do',
  did: 'do',
  done: 'do',
  went: 'go',
  gone: 'go',
  goes: 'go',
  came: 'come',
  took: 'take',
  taken: 'take',
  made: 'make',
  said: 'say',
  saw: 'see',
  seen: 'see',
  knew: 'know',
  known: 'know',
  thought: 'think',
  got: 'get',
  gave: 'give',
  given: 'give',
  found: 'find',
  told: 'tell',
  felt: 'feel',
  left: 'leave',
  kept: 'keep',
  began: 'begin',
  begun: 'begin',
  wrote: 'write',
  written: 'write',
  ate: 'eat',
  eaten: 'eat',
  bought: 'buy',
  brought: 'bring',
  taught: 'teach',
  spoke: 'speak',
  spoken: 'speak',
  ran: 'run',
  met: 'meet',
  slept: 'sleep',
  spent: 'spend',
  lost: 'lose',
  children: 'child',
  people: 'person',
  men: 'man',
  women: 'woman',
  feet: 'foot',
  teeth: 'tooth',
  mice: 'mouse',
  better: 'good',
  best: 'good',
  worse: 'bad',
  worst: 'bad',
};

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/(ss|sh|ch|x|z)es$/, '$1'],
  [/([^s])s$/, '$1'],
  [/ied$/, 'y'],
  [/([^aeiou])\1(?:ed|ing)$/, '$1'],
  [/(?:ed|ing)$/, ''],
  [/(?:ed|ing)$/, 'e'],
  [/ier$|iest$/, 'y'],
  [/ily$/, 'y'],
  [/ly$/, ''],
];

const CONTRACTED_NEGATIONS: Readonly<Record<string, string>> = {
  "can't": 'can',
  "won't": 'will',
  "shan't": 'shall',
};

/** British spellings of which the list of words, made of American subtitles, has the American one. */
const BRITISH_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\w{3})is(e|es|ed|er|ers|ing|ation|ations)$/, 'iz$1'],
  [/(?<=\w{3})ys(e|es|ed|ing)$/, 'yz$1'],
  [/(?<=\w{2})our(s|ed|ing|ite|ites|able|ably|ful|less|hood|hoods)?$/, 'or$1'],
  [/(?<=\w{2})tre(s)?$/, 'ter$1'],
  [/(?<=\w{2})bre(s)?$/, 'ber$1'],
  [/(?<=\w{3})ll(ed|ing|er|ers)$/, 'l$1'],
  [/(?<=\w{3})ogue(s)?$/, 'og$1'],
  [/(?<=\w{3})ence(s)?$/, 'ense$1'],
  [/(?<=\w{3})ise(s|d)?$/, 'ice$1'],
];

/** Returns the forms under which a word can be in a list of words: the word, and candidates for its base form. */
export function listBaseForms(word: string): string[] {
  const plain = withoutContraction(word);
  const forms = listInflections(plain);
  for (const [ending, american] of BRITISH_SPELLINGS) {
    const spelling = plain.replace(ending, american);
    if (spelling !== plain) forms.push(...listInflections(spelling));
  }
  return [...new Set(forms)];
}

/** Returns the first word of a contraction: lists of words have no contractions. */
function withoutContraction(word: string): string {
  if (Object.hasOwn(CONTRACTED_NEGATIONS, word)) return CONTRACTED_NEGATIONS[word] ?? word;
  return word.replace(/(?:n't|'(?:s|m|re|ve|ll|d))$/, '');
}

function listInflections(plain: string): string[] {
  const forms = [plain, ...(Object.hasOwn(IRREGULAR, plain) ? [IRREGULAR[plain] ?? plain] : [])];
  for (const [suffix, replacement] of SUFFIXES) {
    const base = plain.replace(suffix, replacement);
    if (base !== plain && base.length >= 3) forms.push(base);
  }
  return forms;
}

/** Returns a key that is equal for the forms of one word in most cases. */
export function stem(word: string): string {
  const plain = word.replace(/'s$/, '');
  if (Object.hasOwn(IRREGULAR, plain)) return IRREGULAR[plain] ?? plain;
  return plain
    .replace(/(?:ies|ied)$/, 'y')
    .replace(/(ss|sh|ch|x|z)es$/, '$1')
    .replace(/([^s])s$/, '$1')
    .replace(/([^aeiou])\1(?:ed|ing)$/, '$1')
    .replace(/(?<=\w{3})(?:ing|ed|ly)$/, '')
    .replace(/(?<=\w{3})e$/, '');
}
