const ROMAN: readonly [number, string][] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];

/** Returns 1 to 3999 as a lower-case Roman numeral, other numbers as decimal digits. */
export function toRoman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let rest = value;
  let numeral = '';
  for (const [amount, sign] of ROMAN) {
    while (rest >= amount) {
      numeral += sign;
      rest -= amount;
    }
  }
  return numeral;
}

/** Returns a, b … z, aa, ab … as spreadsheets and HTML count; other numbers than positive ones as decimal digits. */
export function toLetters(value: number): string {
  if (value < 1) return String(value);
  let rest = value;
  let letters = '';
  while (rest > 0) {
    rest -= 1;
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
    rest = Math.floor(rest / 26);
  }
  return letters;
}
