import { findQuote, locate, toSearchedText } from './quotations.js';

const TEXT = 'My brother’s friend 😀 think it’s “good”.\r\nI think he think so, and I don’t think.';

describe('quotations', () => {
  const searched = toSearchedText(TEXT);

  it.each([
    ["My brother's friend", 'My brother’s friend'],
    ['think it\'s "good".', 'think it’s “good”.'],
    ['  he think so ', 'he think so'],
  ])('finds %j with other signs', (quote, found) => {
    const evidence = findQuote(searched, quote);
    expect(evidence?.quote).toBe(found);
    expect(TEXT.slice(evidence?.start, evidence?.end)).toBe(found);
  });

  it.each(['think', '', '. !', 'i think he', 'hink he thin', 'I think he thinks', 'x '.repeat(200)])(
    'does not take %j for evidence',
    (quote) => expect(findQuote(searched, quote)).toBeUndefined(),
  );

  it.each([
    ['friend', '', TEXT.indexOf('friend')],
    ['think', 'he think so', TEXT.indexOf('he think') + 3],
    ['think', 'friend 😀 think', TEXT.indexOf('think')],
    ['think', '', undefined],
    ['think', 'think', undefined],
    ['think', 'I think he think so', undefined],
    ['think', 'words that are not there think', undefined],
    ['don', '', undefined],
    ['t', '', undefined],
    ["don't", '', TEXT.indexOf('don’t')],
    ['missing', '', undefined],
    ['', '', undefined],
  ])('locates %j in %j', (original, context, start) => {
    expect(locate(searched, original, context)).toBe(start);
  });

  it('gives up in a text of one letter, without reading it to its end for each place', () => {
    const letters = toSearchedText('a'.repeat(20_000));
    expect(locate(letters, 'a', '')).toBeUndefined();
  });
});
