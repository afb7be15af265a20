const listWords = (text: string): string[] => text.trim().split(/\s+/u);

/** Words without content, in the languages of the course. Sentences that differ in them say the same. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  listWords(`
  der die das den dem des ein eine einen einem einer eines und oder ist sind war waren wird werden wurde hat haben im in am an
  auf aus bei mit nach von vom zu zum zur für über um als auch dass es sie er wir man sich sowie dabei dieser diese dieses gilt
  le la les un une des du de d l et ou est sont était a ont au aux en dans par pour avec sur ce cette ces il elle ils elles on
  se s qu que qui y c cela être
  el los las una unos unas del y o es son fue con por para su sus al lo que
  il lo gli uno dei della delle di e è sono da nel nella per con si
  は が を に の で と も へ や か から まで です ます でした ました する した して し さ れ れる られ いる い ある あり こと もの
  的 了 是 在 和 与 及 也`),
);

const NEGATIVE_WORDS =
  `not|no|never|none|nobody|nothing|neither|nor|without|cannot|non|[a-z]+n['’]t|forbidden|prohibited|banned|` +
  `nicht|kein\\p{L}*|nie|niemals|ohne|verboten|untersagt|ne|n['’]\\p{L}+|pas|jamais|aucune?|sans|interdite?s?|` +
  `nunca|ningún\\p{L}*|ningun\\p{L}*|sin|prohibid\\p{L}*|nessun\\p{L}*|vietat\\p{L}*|não`;

const NEGATIVE_WORD = `(?<![\\p{L}\\p{N}])(?:${NEGATIVE_WORDS})(?![\\p{L}\\p{N}])`;

/** Japanese and Chinese have no blanks between words. */
export const NEGATION = new RegExp(`${NEGATIVE_WORD}|ません|ない|なかった|禁止|不可|不|没有`, 'iu');

/** All nouns of German are capitalized, so a capital letter says nothing about names. */
export const GERMAN_WORD =
  /(?<!\p{L})(?:der|das|und|ist|wird|werden|mit|für|sind|nicht|ein|eine|beträgt|kostet)(?!\p{L})/u;

/** Number words of three languages. The words for one are articles too. */
export const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    2: 'two zwei deux',
    3: 'three drei trois',
    4: 'four vier quatre',
    5: 'five fünf cinq',
    6: 'six sechs',
    7: 'seven sieben sept',
    8: 'eight acht huit',
    9: 'nine neun neuf',
    10: 'ten zehn dix',
    11: 'eleven elf onze',
    12: 'twelve zwölf douze',
    13: 'thirteen dreizehn treize',
    14: 'fourteen vierzehn quatorze',
    15: 'fifteen fünfzehn quinze',
    16: 'sixteen sechzehn seize',
    17: 'seventeen siebzehn',
    18: 'eighteen achtzehn',
    19: 'nineteen neunzehn',
    20: 'twenty zwanzig vingt',
    30: 'thirty dreißig trente',
    40: 'forty vierzig quarante',
    50: 'fifty fünfzig cinquante',
    60: 'sixty sechzig soixante',
    70: 'seventy siebzig',
    80: 'eighty achtzig',
    90: 'ninety neunzig',
  }).flatMap(([number, words]) => listWords(words).map((word) => [word, number] as const)),
);

/** Days and months. Some months are not here because they are other words as well. */
export const DATE_WORDS: ReadonlySet<string> = new Set(
  listWords(`
  monday tuesday wednesday thursday friday saturday sunday
  january february april june july august september october november december
  montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
  januar februar märz mai juni juli oktober dezember
  lundi mardi mercredi jeudi vendredi samedi dimanche
  janvier février mars avril juin juillet août septembre octobre novembre décembre
  lunes martes miércoles jueves viernes sábado domingo
  月曜 火曜 水曜 木曜 金曜 土曜 日曜 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日`),
);

/** Units by their spellings. Units of time are compared only directly after a number. */
export const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eur: '€ euro euros eur ユーロ',
    usd: '$ dollar dollars usd ドル',
    gbp: '£ pound pounds pfund gbp livres',
    jpy: '¥ yen jpy 円',
    percent: '% percent prozent',
    minute: 'minute minutes min minuten 分',
    hour: 'hour hours stunde stunden heure heures 時間',
    day: 'day days tag tage tagen jour jours 日',
    week: 'week weeks woche wochen semaine semaines 週間',
    month: 'month months monat monate monaten mois ヶ月',
    year: 'year years jahr jahre jahren an ans année années 年',
  }).flatMap(([unit, words]) => listWords(words).map((word) => [word, unit] as const)),
);
