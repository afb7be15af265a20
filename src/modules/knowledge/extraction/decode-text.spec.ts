import { encodeLegacy } from '@test/support/documents/legacy-bytes.js';
import { decodeText } from './decode-text.js';
import type { LegacyEncoding } from './legacy-encoding.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, endian: 'le' | 'be', mark = true): Uint8Array {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return endian === 'le' ? bytes : bytes.swap16();
}

const LEGACY_TEXTS: [LegacyEncoding, string][] = [
  ['windows-1252', 'Die Öffnungszeiten der Bücherei gelten auch für Schüler.'],
  ['windows-1252', 'Name;Größe;Preis\nMüller;12;3,50 €\n'],
  ['windows-1252', 'Le café est fermé à cause des travaux d’été.'],
  ['windows-1252', 'El niño comió mañana en el jardín. ¿Qué pasó?'],
  ['windows-1252', 'A informação não está disponível na seção.'],
  ['windows-1252', 'Åtta små gröna äpplen låg på bordet.'],
  ['windows-1252', 'It’s the user’s choice – don’t wait.'],
  ['windows-1252', 'The fee is £5 a month.'],
  ['windows-1252', 'Perché la città è così bella?'],
  ['windows-1250', 'Łódź jest dużym miastem, a książki są w bibliotece.'],
  ['windows-1250', 'Imię;Miasto\nGrażyna;Kraków\nŁukasz;Gdańsk\n'],
  ['windows-1250', 'Škola začíná v září, žáci se těší.'],
  ['windows-1250', 'A könyvtár reggel kilenc órakor nyílik, őszi szünetben zárva.'],
  ['iso-8859-2', 'Škola začíná v září, žáci se těší.'],
  ['iso-8859-2', 'Zażółć gęślą jaźń, książki są w bibliotece.'],
  ['windows-1251', 'Библиотека открыта с девяти часов утра.'],
  ['windows-1251', 'ЗАЯВЛЕНИЕ О ПРИЕМЕ НА РАБОТУ'],
  ['windows-1251', 'Бібліотека відчинена щодня, її відвідують діти.'],
  ['koi8-r', 'Библиотека открыта с девяти часов утра.'],
  ['koi8-r', 'ЗАЯВЛЕНИЕ О ПРИЕМЕ НА РАБОТУ'],
  ['shift_jis', '図書館は午前九時に開きます。'],
  ['shift_jis', '氏名,住所\n山田太郎,東京都\n'],
  ['euc-jp', '私は東京に住んでいます。毎日電車で学校に行きます。'],
  ['gb18030', '图书馆早上九点开门。'],
  ['gb18030', '姓名,城市\n张伟,北京\n'],
  ['big5', '圖書館早上九點開門。'],
  ['euc-kr', '도서관은 아침 아홉 시에 문을 엽니다.'],
];

describe('decodeText', () => {
  it.each([
    ['UTF-8', utf8('Grüße, 東京 🙂')],
    ['UTF-8 with a byte order mark', utf8('\ufeffGrüße, 東京 🙂')],
    ['UTF-16 with a byte order mark, little endian', utf16('Grüße, 東京 🙂', 'le')],
    ['UTF-16 with a byte order mark, big endian', utf16('Grüße, 東京 🙂', 'be')],
    ['UTF-16 without one, little endian', utf16('Grüße, 東京 🙂', 'le', false)],
    ['UTF-16 without one, big endian', utf16('Grüße, 東京 🙂', 'be', false)],
  ])('reads %s', (_name, bytes) => {
    expect(decodeText(bytes)).toEqual({ text: 'Grüße, 東京 🙂', warnings: [] });
  });

  it.each(LEGACY_TEXTS)('recognises %s by its content: %s', (encoding, text) => {
    expect(decodeText(encodeLegacy(text, encoding))).toEqual({ text, warnings: [] });
  });

  it('recognises the encoding by one line of a long English text', () => {
    const text = `${'The library opens at nine and closes at five.\n'.repeat(2_000)}Signed by José Müller\n`;
    expect(decodeText(encodeLegacy(text, 'windows-1252')).text).toBe(text);
  });

  it('reads Japanese mail in ISO-2022-JP', () => {
    const bytes = Buffer.from('\u001b$B3X9;\u001b(B', 'latin1');
    expect(decodeText(bytes).text).toBe('学校');
  });

  it('warns where bytes had to be replaced', () => {
    const bytes = Buffer.concat([utf16('a line', 'le'), Buffer.from([0x00, 0xd8]), utf16('.', 'le', false)]);
    expect(decodeText(bytes)).toEqual({ text: 'a line\ufffd.', warnings: ['replaced_characters'] });
  });

  it('never returns a control character or half a pair', () => {
    expect(decodeText(utf8('a\u0000b\u0007c\td\n')).text).toBe('a b c\td\n');
  });

  it.each([
    ['tag characters', `Pay${'\u{e0050}\u{e0041}\u{e0059}'} now`, 'Pay now'],
    ['a reversed order', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a row of zero width characters', 'yes\u200b\u2060\u200b\u200b\u2060 sir', 'yes sir'],
    ['a row of variation selectors', 'ok\u{fe01}\u{fe0f}\u{e0102} then', 'ok then'],
  ])('removes and reports %s', (_name, text, visible) => {
    expect(decodeText(utf8(text))).toEqual({ text: visible, warnings: ['hidden_text'] });
  });

  it('removes what editors leave without a warning', () => {
    expect(decodeText(utf8('soft\u00adhyphen zero\u200bwidth \ufeffjoined'))).toEqual({
      text: 'softhyphen zerowidth joined',
      warnings: [],
    });
  });

  it.each([
    'می‌خواهم',
    'क्‍ष',
    '👩‍👧',
    '❤️',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    'ภาษา\u200bไทย',
  ])('keeps the joiners of %s', (text) => {
    expect(decodeText(utf8(text))).toEqual({ text, warnings: [] });
  });
});
