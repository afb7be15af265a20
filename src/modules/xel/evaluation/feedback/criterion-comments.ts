import type { CriterionName, EvaluationFlag, RefusalReason } from '../evaluation.js';
import { type FeedbackLanguage, toFeedbackLanguage } from './languages.js';

type Texts = Readonly<Record<FeedbackLanguage, string>>;
type Band = 'strong' | 'fair' | 'weak';

const COMMENTS: Readonly<Record<Exclude<CriterionName, 'pronunciation'>, Readonly<Record<Band, Texts>>>> = {
  task_achievement: {
    strong: {
      en: 'You answer the task fully.',
      de: 'Du erfüllst die Aufgabe ganz.',
      es: 'Respondes a la tarea por completo.',
      pt: 'Você responde à tarefa por completo.',
    },
    fair: {
      en: 'You answer part of the task. Say more about each of its points.',
      de: 'Du erfüllst einen Teil der Aufgabe. Sag mehr zu jedem Punkt.',
      es: 'Respondes a una parte de la tarea. Di más sobre cada punto.',
      pt: 'Você responde a parte da tarefa. Diga mais sobre cada ponto.',
    },
    weak: {
      en: 'Your text says little about the task.',
      de: 'Dein Text sagt wenig zur Aufgabe.',
      es: 'Tu texto dice poco sobre la tarea.',
      pt: 'Seu texto diz pouco sobre a tarefa.',
    },
  },
  coherence: {
    strong: {
      en: 'Your sentences are well connected and varied.',
      de: 'Deine Sätze sind gut verbunden und abwechslungsreich.',
      es: 'Tus frases están bien conectadas y son variadas.',
      pt: 'Suas frases estão bem ligadas e são variadas.',
    },
    fair: {
      en: 'Connect your sentences more often, for example with because, however or after that.',
      de: 'Verbinde deine Sätze öfter, zum Beispiel mit because, however oder after that.',
      es: 'Conecta más tus frases, por ejemplo con because, however o after that.',
      pt: 'Ligue mais as frases, por exemplo com because, however ou after that.',
    },
    weak: {
      en: 'The sentences stand side by side. Show how they belong together.',
      de: 'Die Sätze stehen nebeneinander. Zeige, wie sie zusammengehören.',
      es: 'Las frases están sueltas. Muestra cómo se relacionan.',
      pt: 'As frases estão soltas. Mostre como se relacionam.',
    },
  },
  vocabulary: {
    strong: {
      en: 'You use a wide range of words.',
      de: 'Du verwendest einen großen Wortschatz.',
      es: 'Usas un vocabulario amplio.',
      pt: 'Você usa um vocabulário amplo.',
    },
    fair: {
      en: 'Your words are clear. Replace some frequent words by more exact ones.',
      de: 'Deine Wörter sind klar. Ersetze einige häufige durch genauere.',
      es: 'Tus palabras son claras. Cambia algunas frecuentes por otras más exactas.',
      pt: 'Suas palavras são claras. Troque algumas frequentes por outras mais exatas.',
    },
    weak: {
      en: 'You repeat a small number of words.',
      de: 'Du wiederholst wenige Wörter.',
      es: 'Repites pocas palabras.',
      pt: 'Você repete poucas palavras.',
    },
  },
  grammar: {
    strong: {
      en: 'Few errors were found, and your sentences have different structures.',
      de: 'Es wurden wenige Fehler gefunden, und deine Sätze sind verschieden gebaut.',
      es: 'Se encontraron pocos errores y tus frases tienen estructuras distintas.',
      pt: 'Poucos erros foram encontrados, e suas frases têm estruturas diferentes.',
    },
    fair: {
      en: 'Some errors were found. Look at the corrections.',
      de: 'Einige Fehler wurden gefunden. Sieh dir die Korrekturen an.',
      es: 'Se encontraron algunos errores. Mira las correcciones.',
      pt: 'Alguns erros foram encontrados. Veja as correções.',
    },
    weak: {
      en: 'Many errors were found. Begin with those that occur twice.',
      de: 'Viele Fehler wurden gefunden. Beginne mit denen, die zweimal vorkommen.',
      es: 'Se encontraron muchos errores. Empieza por los que se repiten.',
      pt: 'Muitos erros foram encontrados. Comece pelos que se repetem.',
    },
  },
  fluency: {
    strong: {
      en: 'You speak at a good pace with few long pauses.',
      de: 'Du sprichst in gutem Tempo mit wenigen langen Pausen.',
      es: 'Hablas a buen ritmo y con pocas pausas largas.',
      pt: 'Você fala em bom ritmo e com poucas pausas longas.',
    },
    fair: {
      en: 'You can be followed. Make fewer long pauses.',
      de: 'Man kann dir folgen. Mach weniger lange Pausen.',
      es: 'Se te puede seguir. Haz menos pausas largas.',
      pt: 'É possível acompanhar você. Faça menos pausas longas.',
    },
    weak: {
      en: 'Long pauses make it hard to follow you.',
      de: 'Lange Pausen machen es schwer, dir zu folgen.',
      es: 'Las pausas largas dificultan seguirte.',
      pt: 'Pausas longas dificultam acompanhar você.',
    },
  },
};

const NOT_JUDGED = {
  no_word_times: {
    en: 'Not judged: there are no times of the words.',
    de: 'Nicht bewertet: Die Zeiten der Wörter fehlen.',
    es: 'Sin evaluar: faltan los tiempos de las palabras.',
    pt: 'Não avaliado: faltam os tempos das palavras.',
  },
  no_audio: {
    en: 'Not judged: pronunciation cannot be heard in a text.',
    de: 'Nicht bewertet: In einem Text ist die Aussprache nicht zu hören.',
    es: 'Sin evaluar: la pronunciación no se oye en un texto.',
    pt: 'Não avaliado: a pronúncia não se ouve em um texto.',
  },
  no_prompt: {
    en: 'Not judged: there is no task.',
    de: 'Nicht bewertet: Es gibt keine Aufgabe.',
    es: 'Sin evaluar: no hay tarea.',
    pt: 'Não avaliado: não há tarefa.',
  },
} as const satisfies Record<string, Texts>;

const REFUSALS: Readonly<Record<RefusalReason, Texts>> = {
  too_short: {
    en: 'The text is too short to be judged. Write at least 20 words.',
    de: 'Der Text ist zu kurz. Schreib mindestens 20 Wörter.',
    es: 'El texto es demasiado corto. Escribe al menos 20 palabras.',
    pt: 'O texto é curto demais. Escreva pelo menos 20 palavras.',
  },
  wrong_language: {
    en: 'The text is not in English.',
    de: 'Der Text ist nicht auf Englisch.',
    es: 'El texto no está en inglés.',
    pt: 'O texto não está em inglês.',
  },
  gibberish: {
    en: 'Too few words of the text are English words, or they repeat.',
    de: 'Zu wenige Wörter sind englische Wörter, oder sie wiederholen sich.',
    es: 'Muy pocas palabras son inglesas, o se repiten.',
    pt: 'Poucas palavras são inglesas, ou se repetem.',
  },
  copied_prompt: {
    en: 'The text repeats the task. Use your own words.',
    de: 'Der Text wiederholt die Aufgabe. Verwende eigene Wörter.',
    es: 'El texto repite la tarea. Usa tus propias palabras.',
    pt: 'O texto repete a tarefa. Use suas próprias palavras.',
  },
  instruction_to_evaluator: {
    en: 'The text speaks to the evaluator and does not answer the task.',
    de: 'Der Text spricht zum Bewerter und erfüllt die Aufgabe nicht.',
    es: 'El texto habla al evaluador y no responde a la tarea.',
    pt: 'O texto fala com o avaliador e não responde à tarefa.',
  },
};

const FLAG_NOTES: Readonly<Record<EvaluationFlag, Texts>> = {
  off_topic: {
    en: 'The text does not seem to be about the task.',
    de: 'Der Text scheint nicht von der Aufgabe zu handeln.',
    es: 'El texto no parece tratar de la tarea.',
    pt: 'O texto não parece tratar da tarefa.',
  },
  instruction_to_evaluator: {
    en: 'Sentences that speak to the evaluator were not judged.',
    de: 'Sätze an den Bewerter wurden nicht bewertet.',
    es: 'Las frases dirigidas al evaluador no se evaluaron.',
    pt: 'Frases dirigidas ao avaliador não foram avaliadas.',
  },
  partly_copied: {
    en: 'Part of the text repeats the task.',
    de: 'Ein Teil des Textes wiederholt die Aufgabe.',
    es: 'Una parte del texto repite la tarea.',
    pt: 'Parte do texto repete a tarefa.',
  },
  short: {
    en: 'The text is short, so the result is uncertain.',
    de: 'Der Text ist kurz, das Ergebnis daher unsicher.',
    es: 'El texto es corto, así que el resultado es incierto.',
    pt: 'O texto é curto, por isso o resultado é incerto.',
  },
  judges_disagree: {
    en: 'The judgements differed, so the interval is wide.',
    de: 'Die Urteile waren verschieden, daher ist das Intervall breit.',
    es: 'Los juicios fueron distintos, por eso el intervalo es amplio.',
    pt: 'As avaliações diferiram, por isso o intervalo é amplo.',
  },
};

export function commentOn(
  name: Exclude<CriterionName, 'pronunciation'>,
  score: number,
  language: string,
): string {
  const band: Band = score >= 70 ? 'strong' : score >= 40 ? 'fair' : 'weak';
  return COMMENTS[name][band][toFeedbackLanguage(language)];
}

export function explainNotJudged(reason: keyof typeof NOT_JUDGED, language: string): string {
  return NOT_JUDGED[reason][toFeedbackLanguage(language)];
}

export function explainRefusal(reason: RefusalReason, language: string): string {
  return REFUSALS[reason][toFeedbackLanguage(language)];
}

export function explainFlag(flag: EvaluationFlag, language: string): string {
  return FLAG_NOTES[flag][toFeedbackLanguage(language)];
}
