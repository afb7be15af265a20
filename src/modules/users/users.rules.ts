export const USERNAME_PATTERN = /^[a-z0-9_.-]+$/;
export const USERNAME_MIN_LENGTH = 3;
export const USERNAME_MAX_LENGTH = 32;

/** `Ada Maria Lovelace` is `Ada Maria` and `Lovelace`; a single word is a first name. */
export function splitName(fullName: string): { first_name: string; last_name: string } {
  const name = fullName.trim();
  const space = name.lastIndexOf(' ');
  if (space < 0) return { first_name: name, last_name: '' };
  return { first_name: name.slice(0, space).trim(), last_name: name.slice(space + 1) };
}

export function joinName(firstName: string, lastName: string): string | null {
  return [firstName, lastName].filter(Boolean).join(' ') || null;
}

/** A username from an address; `suffix` tells people with the same local part apart. */
export function deriveUsername(email: string, suffix = ''): string {
  const localPart = (email.split('@')[0] ?? '').toLowerCase().replace(/[^a-z0-9_.-]/g, '');
  const base = localPart.slice(0, USERNAME_MAX_LENGTH - suffix.length - 1).padEnd(USERNAME_MIN_LENGTH, '0');
  return suffix ? `${base}-${suffix}` : base;
}

export function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** A BCP 47 language tag, such as `en` or `pt-BR`. */
export function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}
