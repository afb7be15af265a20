export type Color = readonly [red: number, green: number, blue: number];

const NAMED: Readonly<Record<string, Color>> = {
  white: [255, 255, 255],
  black: [0, 0, 0],
  red: [255, 0, 0],
  lime: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  cyan: [0, 255, 255],
  aqua: [0, 255, 255],
  magenta: [255, 0, 255],
  fuchsia: [255, 0, 255],
  green: [0, 128, 0],
  navy: [0, 0, 128],
  maroon: [128, 0, 0],
  olive: [128, 128, 0],
  purple: [128, 0, 128],
  teal: [0, 128, 128],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  silver: [192, 192, 192],
  lightgray: [211, 211, 211],
  lightgrey: [211, 211, 211],
  whitesmoke: [245, 245, 245],
  snow: [255, 250, 250],
  ivory: [255, 255, 240],
  ghostwhite: [248, 248, 255],
};

/** Readers cannot tell two colours whose channels all differ by less. */
const INDISTINGUISHABLE = 6;

/** Reads a colour; `transparent` where nothing is painted, null where the value is not understood. */
export function parseColor(value: string): Color | 'transparent' | null {
  const text = value.trim().toLowerCase();
  if (text === 'transparent') return 'transparent';
  const named = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
  return named ?? parseHex(text) ?? parseFunction(text);
}

function parseHex(text: string): Color | 'transparent' | null {
  const digits = /^#([\da-f]{3,8})$/.exec(text)?.[1];
  if (digits === undefined || digits.length === 5 || digits.length === 7) return null;
  const full = digits.length < 6 ? digits.replace(/./g, '$&$&') : digits;
  if (full.endsWith('00') && full.length === 8) return 'transparent';
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as unknown as Color;
}

function parseFunction(text: string): Color | 'transparent' | null {
  const inner = /^rgba?\(([^()]*)\)$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const numbers = inner.split(/[\s,/]+/).filter((part) => part !== '');
  const [red, green, blue, alpha] = numbers.map((part, index) => toNumber(part, index < 3 ? 255 : 1));
  if (red === undefined || green === undefined || blue === undefined) return null;
  if (alpha === 0) return 'transparent';
  return [red, green, blue].some(Number.isNaN) ? null : [red, green, blue];
}

function toNumber(part: string, full: number): number {
  return part.endsWith('%') ? (Number(part.slice(0, -1)) / 100) * full : Number(part);
}

export function looksLike(color: Color, other: Color): boolean {
  return color.every((channel, index) => Math.abs(channel - (other[index] ?? 0)) < INDISTINGUISHABLE);
}
