import type { GroundingSource } from '@/modules/ai/index.js';
import { CitationJudge } from './citation-judge.js';

const PASSAGES = {
  german:
    'Die Anzahlung von 80 Euro ist mit der Anmeldung fällig. Die Bibliothek ist montags geschlossen. Im Gebäude ist das Rauchen ' +
    'verboten. Die Kündigungsfrist beträgt 14 Tage. Der Abendkurs kostet 1.340 Euro und beginnt im September.',
  french:
    "Un acompte de 80 euros est dû lors de l'inscription. La bibliothèque est fermée le lundi. Il est interdit de fumer dans le " +
    'bâtiment. Le cours du soir coûte 340 euros et commence en septembre.',
  japanese:
    '申し込みの際に80ユーロの手付金が必要です。図書館は月曜日に休館します。建物内は禁煙です。夜間コースの料金は340ユーロです。' +
    '駐車場は利用できません。',
  english:
    'Eighty euros are due with the application. The library is closed on Monday. Smoking is forbidden in the building. The notice ' +
    'period is 14 days. Ms Keller leads the evening course. The online course is unavailable. The fee is 1,340 euros.',
};

function judge(language: keyof typeof PASSAGES, sentence: string) {
  const content = PASSAGES[language];
  const place = { id: 'chunk', document_id: 'document', page: null, start: 0, end: content.length };
  const source: GroundingSource = { ...place, n: 1, title: 'Info', content, score: 1 };
  return CitationJudge.create([source]).then((judging) => judging.judge(`${sentence} [1]`));
}

describe('CitationJudge in several languages', () => {
  it.each([
    ['german', 'Mit der Anmeldung ist eine Anzahlung von 80 Euro fällig.'],
    ['german', 'Die Bibliothek hat montags geschlossen.'],
    ['german', 'Das Rauchen ist im Gebäude nicht erlaubt.'],
    ['german', 'Der Abendkurs beginnt im September und kostet 1340 €.'],
    ['german', 'Es gilt eine Kündigungsfrist von 14 Tagen.'],
    ['french', "Lors de l'inscription, un acompte de 80 euros est dû."],
    ['french', 'La bibliothèque est fermée le lundi.'],
    ['french', 'Fumer dans le bâtiment est interdit.'],
    ['japanese', '申し込みには80ユーロの手付金が必要です。'],
    ['japanese', '図書館は月曜日に休館です。'],
    ['japanese', '夜間コースの料金は３４０ユーロです。'],
    ['english', 'A sum of €80 is due with the application.'],
    ['english', 'Smoking is not allowed in the building.'],
    ['english', 'The evening course is led by Ms Keller.'],
    ['english', 'The fee is 1340 euros.'],
  ] as const)('supports in %s: %s', async (language, sentence) => {
    expect(await judge(language, sentence)).toMatchObject({ citations: [1], supported: true });
  });

  it.each([
    ['german', 'Mit der Anmeldung ist eine Anzahlung von 90 Euro fällig.'],
    ['german', 'Mit der Anmeldung ist eine Anzahlung von neunzig Euro fällig.'],
    ['german', 'Die Bibliothek ist dienstags geschlossen.'],
    ['german', 'Die Bibliothek ist montags nicht geschlossen.'],
    ['german', 'Im Gebäude ist das Rauchen erlaubt.'],
    ['german', 'Die Kündigungsfrist beträgt 14 Wochen.'],
    ['french', "Un acompte de 90 euros est dû lors de l'inscription."],
    ['french', 'La bibliothèque est fermée le mardi.'],
    ['french', 'Il est permis de fumer dans le bâtiment.'],
    ['japanese', '図書館は火曜日に休館します。'],
    ['japanese', '申し込みの際に90ユーロの手付金が必要です。'],
    ['japanese', '駐車場は利用できます。'],
    ['english', 'Ninety euros are due with the application.'],
    ['english', 'The library is closed on Tuesday.'],
    ['english', 'Smoking is allowed in the building.'],
    ['english', 'The notice period is 14 weeks.'],
    ['english', 'It is Ms Hansen who leads the evening course.'],
    ['english', 'The online course is available.'],
    ['english', 'The fee is 1,340 dollars.'],
  ] as const)('does not support in %s: %s', async (language, sentence) => {
    expect(await judge(language, sentence)).toMatchObject({ citations: [], supported: false });
  });
});

describe('the time of CitationJudge', () => {
  it.each([2, 6])('is short for a long sentence, with words of %d letters', async (letters) => {
    const content = longText(letters, 1);
    const place = { id: 'chunk', document_id: 'document', page: null, start: 0, end: content.length };
    const sources = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({
      ...place,
      n,
      title: 'Info',
      content: longText(letters, n),
      score: 1,
    }));
    const judging = await CitationJudge.create(sources);
    const started = performance.now();
    await judging.judge(`${longText(letters, 99)} [1][2]`);
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  /** 2,000 characters of words that follow from the seed. */
  function longText(letters: number, seed: number): string {
    let state = seed;
    const nextLetter = (): string => {
      state = (state * 48_271) % 2_147_483_647;
      return String.fromCharCode(97 + (state % 26));
    };
    const words = Array.from({ length: 2_000 / (letters + 1) }, () =>
      Array.from({ length: letters }, nextLetter).join(''),
    );
    return words.map((word, index) => (index % 12 === 11 ? `${word}.` : word)).join(' ');
  }
});
