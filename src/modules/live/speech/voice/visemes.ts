import { samplesToMs } from '../audio/pcm.js';

/** The set of 15 visemes of Oculus (OVR LipSync), which most avatars have. */
export const VISEMES = [
  ...['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'ih', 'oh', 'ou'],
] as const;
export type Viseme = (typeof VISEMES)[number];

export interface TimedViseme {
  viseme: string;
  /** From the beginning of the audio of the answer. */
  start_ms: number;
}

/** Letters and groups of letters, the longest first, with their mouth shape. Vowels are longer. */
const SHAPES: readonly (readonly [RegExp, string, number])[] = [
  [/^(th)/, 'TH', 1],
  [/^(sch|sh|tsch|ch|j|zh)/, 'CH', 1],
  [/^(ph|f|v|w(?=[rh]))/, 'FF', 1],
  [/^(oo|ou|u|w|ü)/, 'ou', 1.6],
  [/^(ee|ie|i|y|í)/, 'ih', 1.4],
  [/^(ea|e|ä|é|è|ê)/, 'E', 1.4],
  [/^(oa|o|ö|ó)/, 'oh', 1.6],
  [/^(a|á|à|â)/, 'aa', 1.6],
  [/^(ck|k|g|q|c|x|h)/, 'kk', 1],
  [/^(mm|pp|bb|m|p|b)/, 'PP', 1],
  [/^(ss|s|z|ß)/, 'SS', 1],
  [/^(nn|ll|n|l)/, 'nn', 1],
  [/^(tt|dd|t|d)/, 'DD', 1],
  [/^(rr|r)/, 'RR', 1],
];
const PAUSE_WEIGHT = 0.6;
const SENTENCE_PAUSE_WEIGHT = 2;

/**
 * Returns visemes for a text that is spoken in a range of samples. The times are estimated from the spelling: each sound has a
 * share of the duration.
 */
export function estimateVisemes(text: string, startSample: number, samples: number): TimedViseme[] {
  const shapes = [...readShapes(text.toLowerCase())];
  const total = shapes.reduce((sum, { weight }) => sum + weight, 0);
  const visemes: TimedViseme[] = [];
  let passed = 0;
  for (const { viseme, weight } of shapes) {
    const at = startSample + (samples * passed) / total;
    if (visemes.at(-1)?.viseme !== viseme) visemes.push({ viseme, start_ms: Math.round(samplesToMs(at)) });
    passed += weight;
  }
  visemes.push({ viseme: 'sil', start_ms: Math.round(samplesToMs(startSample + samples)) });
  return visemes;
}

function* readShapes(text: string): Generator<{ viseme: string; weight: number }> {
  for (let rest = text; rest !== '';) {
    const shape = SHAPES.find(([pattern]) => pattern.test(rest));
    if (shape) {
      const [pattern, viseme, weight] = shape;
      yield { viseme, weight };
      rest = rest.replace(pattern, '');
      continue;
    }
    const [character = ''] = rest;
    if (/[.!?,;:…]/u.test(character)) yield { viseme: 'sil', weight: SENTENCE_PAUSE_WEIGHT };
    else if (/\s/u.test(character)) yield { viseme: 'sil', weight: PAUSE_WEIGHT };
    // Letters of other scripts are syllables or unknown sounds: an open mouth.
    else if (/[\p{L}\p{N}]/u.test(character)) yield { viseme: 'aa', weight: 1.6 };
    rest = rest.slice(character.length);
  }
}
