/** The answer of a provider with a quirk, as tokens. */
export const TEXT: readonly string[] = ['Hello ', 'otter'];
