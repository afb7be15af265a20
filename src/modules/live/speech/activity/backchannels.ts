/** What listeners say without taking the turn, in several languages. */
const BACKCHANNELS: ReadonlySet<string> = new Set([
  ...['mm', 'mhm', 'mm hm', 'mm hmm', 'mmhmm', 'hm', 'hmm', 'uh huh', 'uhhuh', 'aha', 'ah', 'oh', 'uh', 'um'],
  ...['yeah', 'yep', 'yes', 'yup', 'ok', 'okay', 'right', 'sure', 'i see', 'got it', 'really', 'wow', 'cool'],
  ...['ja', 'genau', 'ach so', 'klar', 'sí', 'si', 'claro', 'vale', 'oui', 'd accord', 'sim', 'certo'],
  ...['да', 'угу', 'ага', 'понятно', 'うん', 'はい', 'ええ', '嗯', '对', '네', '응'],
]);

/** What asks the speaker to stop, however short it is. */
const STOP_WORDS: ReadonlySet<string> = new Set([
  ...[
    'stop',
    'wait',
    'no',
    'hold on',
    'hang on',
    'one moment',
    'pause',
    'quiet',
    'enough',
    'stop it',
    'no no',
  ],
  ...['stopp', 'halt', 'warte', 'moment', 'nein', 'para', 'espera', 'no espera', 'arrête', 'attends', 'non'],
  ...['pare', 'espere', 'não', 'стоп', 'подожди', 'нет', 'やめて', '待って', '停', '等等', '잠깐', '그만'],
]);

/** Returns whether a transcript is a backchannel: the speaker goes on. */
export function isBackchannel(transcript: string): boolean {
  const words = normalize(transcript);
  return words === '' || BACKCHANNELS.has(words) || words.split(' ').every((word) => BACKCHANNELS.has(word));
}

/** Returns whether a transcript asks the speaker to stop. */
export function isStopRequest(transcript: string): boolean {
  const words = normalize(transcript);
  return STOP_WORDS.has(words) || (words !== '' && words.split(' ').every((word) => STOP_WORDS.has(word)));
}

function normalize(transcript: string): string {
  return transcript
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
