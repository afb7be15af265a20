/** Returns the canonical BCP 47 tag of what a file states, also of `en_US`; null for what is no language. */
export function toLanguageTag(stated: string | null | undefined): string | null {
  const candidate = stated?.trim().replaceAll('_', '-') ?? '';
  try {
    const [tag] = Intl.getCanonicalLocales(candidate);
    return tag === undefined || /^(und|zxx|mul|x)\b/i.test(tag) ? null : tag;
  } catch {
    return null;
  }
}
