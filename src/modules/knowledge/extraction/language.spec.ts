import { detectLanguage } from './language.js';

const TEXTS: [string, string[]][] = [
  ['en', ['The library opens at nine.', 'How to reset your password', 'Opening hours and fees']],
  ['de', ['Die Bibliothek öffnet um neun Uhr.', 'Öffnungszeiten und Gebühren']],
  ['fr', ['La bibliothèque ouvre à neuf heures.', 'Comment réinitialiser le mot de passe']],
  ['es', ['La biblioteca abre a las nueve.', 'Cómo restablecer la contraseña']],
  ['pt', ['A biblioteca abre às nove horas.', 'Como redefinir a sua senha']],
  ['it', ['La biblioteca apre alle nove.', 'Come reimpostare la password']],
  ['nl', ['De bibliotheek gaat om negen uur open.', 'Openingstijden en tarieven']],
  ['sv', ['Biblioteket öppnar klockan nio.', 'Så återställer du ditt lösenord']],
  ['pl', ['Biblioteka jest otwierana o dziewiątej.', 'Jak zresetować hasło']],
  ['tr', ['Kütüphane saat dokuzda açılır.', 'Çalışma saatleri ve ücretler']],
  ['ru', ['Библиотека открывается в девять часов.', 'Как сбросить пароль']],
  ['uk', ['Бібліотека відкривається о дев’ятій годині.', 'Години роботи та тарифи']],
  ['ar', ['تفتح المكتبة في الساعة التاسعة.', 'كيف تعيد تعيين كلمة المرور']],
  ['he', ['הספרייה נפתחת בשעה תשע.']],
  ['ja', ['図書館は午前九時に開きます。', 'パスワードの再設定方法']],
  ['zh', ['图书馆早上九点开门。', '如何重置密码']],
  ['ko', ['도서관은 아침 아홉 시에 문을 엽니다.']],
];

describe('detectLanguage', () => {
  it.each(TEXTS.flatMap(([language, texts]) => texts.map((text) => [language, text] as const)))(
    'recognises %s in a short text: %s',
    (language, text) => {
      expect(detectLanguage(text)).toBe(language);
    },
  );

  it.each(['', '12345 67', 'ok', '🙂🙂', '---', 'https://example.org/opening-hours', '東京', '\ud800'])(
    'is not sure about %j',
    (text) => {
      expect(detectLanguage(text)).toBeNull();
    },
  );

  it('judges a long text by its beginning, middle and end', () => {
    const text = `${'0 '.repeat(5_000)}${'Die Bibliothek öffnet um neun Uhr. '.repeat(2_000)}${'0 '.repeat(5_000)}`;
    expect(detectLanguage(text)).toBe('de');
  });
});
