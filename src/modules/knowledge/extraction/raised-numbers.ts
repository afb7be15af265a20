const RAISED: Readonly<Record<string, string>> = {
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
  '+': '⁺',
  '-': '⁻',
  '−': '⁻',
};

/**
 * Returns raised text as it looks. Digits become the characters for raised digits, because `10` and a raised `6` would
 * otherwise read as 106; raised letters, as in 1st, stay as they are.
 */
export function raiseNumbers(text: string): string {
  return /^\s*[-+−]?\d+\s*$/.test(text) ? text.replace(/[-+−\d]/g, (sign) => RAISED[sign] ?? sign) : text;
}
