/** Base form, third person, past, past participle of irregular verbs that learners use. */
const IRREGULAR_VERBS = `be is was been|have has had had|do does did done|go goes went gone|come comes came come|see sees saw seen
|eat eats ate eaten|drink drinks drank drunk|make makes made made|take takes took taken|buy buys bought bought
|get gets got got|meet meets met met|know knows knew known|think thinks thought thought|give gives gave given
|find finds found found|tell tells told told|feel feels felt felt|leave leaves left left|bring brings brought brought
|speak speaks spoke spoken|write writes wrote written|read reads read read|run runs ran run|sleep sleeps slept slept
|spend spends spent spent|lose loses lost lost|win wins won won|wake wakes woke woken|drive drives drove driven
|fly flies flew flown|swim swims swam swum|sing sings sang sung|sit sits sat sat|stand stands stood stood
|understand understands understood understood|learn learns learned learned|teach teaches taught taught
|begin begins began begun|break breaks broke broken|choose chooses chose chosen|fall falls fell fallen
|forget forgets forgot forgotten|hear hears heard heard|keep keeps kept kept|send sends sent sent|say says said said
|sell sells sold sold|pay pays paid paid|wear wears wore worn|put puts put put|become becomes became become`;

const REGULAR_VERBS = `visit play watch want like live work study travel cook arrive stay help need start finish talk listen look walk
  call ask answer try use love enjoy decide wait wash clean dance return move open close change join miss show stop
  learn cross happen plan practise explain invite discuss improve prefer relax rent order laugh cry smile believe remember change turn practise seem`;

export interface VerbForms {
  base: string;
  thirdPerson: string;
  past: string;
  participle: string;
  gerund: string;
}

const DOUBLED = /^(?:get|put|sit|run|swim|win|begin|forget|stop|plan|prefer)$/;

function toGerund(base: string): string {
  if (DOUBLED.test(base)) return `${base}${base.at(-1) ?? ''}ing`;
  return base === 'be' || !base.endsWith('e') || base.endsWith('ee')
    ? `${base}ing`
    : `${base.slice(0, -1)}ing`;
}

function toRegular(base: string): VerbForms {
  const isConsonantY = /[^aeiou]y$/.test(base);
  const past = isConsonantY
    ? `${base.slice(0, -1)}ied`
    : DOUBLED.test(base)
      ? `${base}${base.at(-1) ?? ''}ed`
      : base.endsWith('e')
        ? `${base}d`
        : `${base}ed`;
  const thirdPerson = isConsonantY
    ? `${base.slice(0, -1)}ies`
    : /(?:s|sh|ch|x|o)$/.test(base)
      ? `${base}es`
      : `${base}s`;
  return { base, thirdPerson, past, participle: past, gerund: toGerund(base) };
}

const VERBS: readonly VerbForms[] = [
  ...IRREGULAR_VERBS.split('|').map((line) => {
    const [base = '', thirdPerson = '', past = '', participle = ''] = line.trim().split(/\s+/);
    return { base, thirdPerson, past, participle, gerund: toGerund(base) };
  }),
  ...REGULAR_VERBS.split(/\s+/).map(toRegular),
];

/** Returns the forms of a verb that has the given word as one of them; undefined for verbs that are not listed. */
export function findVerb(form: keyof VerbForms, word: string): VerbForms | undefined {
  const lower = word.toLowerCase();
  return VERBS.find((verb) => verb[form] === lower);
}

/** Returns an alternation of one form of all listed verbs, for a regular expression. */
export function alternationOf(
  form: keyof VerbForms,
  isIncluded: (verb: VerbForms) => boolean = () => true,
): string {
  return [...new Set(VERBS.filter(isIncluded).map((verb) => verb[form]))].join('|');
}
