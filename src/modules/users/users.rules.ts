export const USERNAME_PATTERN = /^[a-z0-9_.-]+$/;
export const USERNAME_MIN_LENGTH = 3;
export const USERNAME_MAX_LENGTH = 32;

/** Splits a full name at its last space: `Ada Maria Lovelace` into `Ada Maria` and `Lovelace`. */
export function splitName(fullName: string): { first_name: string; last_name: string } {
  const name = fullName.trim();
  const space = name.lastIndexOf(' ');
  if (space < 0) return { first_name: name, last_name: '' };
  return { first_name: name.slice(0, space).trim(), last_name: name.slice(space + 1) };
}

/** Returns null when both names are empty. */
export function joinName(firstName: string, lastName: string): string | null {
  return [firstName, lastName].filter(Boolean).join(' ') || null;
}

/** Derives a username from an e-mail address; `suffix` makes it unique among equal local parts. */
export function deriveUsername(email: string, suffix = ''): string {
  const localPart = (email.split('@')[0] ?? '').toLowerCase().replace(/[^a-z0-9_.-]/g, '');
  const base = localPart.slice(0, USERNAME_MAX_LENGTH - suffix.length - 1).padEnd(USERNAME_MIN_LENGTH, '0');
  return suffix ? `${base}-${suffix}` : base;
}

/** Returns whether `tag` is a BCP 47 language tag, such as `en` or `pt-BR`. */
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
