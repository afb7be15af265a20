import type { FeedbackLanguage } from './languages.js';

type Texts = Readonly<Record<FeedbackLanguage, string>>;

/** Why something is an error, and what is right, in each language of feedback. */
export const EXPLANATIONS = {
  age: {
    en: 'English uses "be" for an age: I am 20 years old.',
    de: 'Das Alter steht im Englischen mit „be“: I am 20 years old.',
    es: 'En inglés la edad se dice con «be»: I am 20 years old.',
    pt: 'Em inglês a idade usa "be": I am 20 years old.',
  },
  extra_be: {
    en: 'A verb in the present simple stands without "be": I agree, I live.',
    de: 'Ein Verb im Present Simple steht ohne „be“: I agree, I live.',
    es: 'Un verbo en presente simple no lleva «be»: I agree, I live.',
    pt: 'Um verbo no presente simples não leva "be": I agree, I live.',
  },
  modal: {
    en: 'After a modal verb such as can, must or will comes the verb without "to" and without -s.',
    de: 'Nach einem Modalverb wie can, must oder will steht das Verb ohne „to“ und ohne -s.',
    es: 'Después de un verbo modal como can, must o will va el verbo sin «to» y sin -s.',
    pt: 'Depois de um verbo modal como can, must ou will vem o verbo sem "to" e sem -s.',
  },
  past_time: {
    en: 'A finished time such as yesterday, last week or two days ago needs the past simple.',
    de: 'Eine abgeschlossene Zeit wie yesterday, last week oder two days ago verlangt das Past Simple.',
    es: 'Un tiempo terminado como yesterday, last week o two days ago pide el pasado simple.',
    pt: 'Um tempo terminado como yesterday, last week ou two days ago pede o passado simples.',
  },
  since_for: {
    en: '"For" goes with a duration (for three years), "since" with a starting point (since 2010).',
    de: '„For“ steht bei einer Dauer (for three years), „since“ bei einem Anfang (since 2010).',
    es: '«For» va con una duración (for three years), «since» con un punto de partida (since 2010).',
    pt: '"For" vai com uma duração (for three years), "since" com um ponto de partida (since 2010).',
  },
  until_now: {
    en: 'What began in the past and goes on needs the present perfect: I have lived here since 2010.',
    de: 'Was früher begann und noch andauert, steht im Present Perfect: I have lived here since 2010.',
    es: 'Lo que empezó en el pasado y sigue pide el presente perfecto: I have lived here since 2010.',
    pt: 'O que começou no passado e continua pede o present perfect: I have lived here since 2010.',
  },
  auxiliary: {
    en: 'After do, does and did the verb has its base form: she does not like, I did not go.',
    de: 'Nach do, does und did steht die Grundform: she does not like, I did not go.',
    es: 'Después de do, does y did va la forma base: she does not like, I did not go.',
    pt: 'Depois de do, does e did vem a forma base: she does not like, I did not go.',
  },
  gerund: {
    en: 'This verb or phrase is followed by the -ing form: I enjoy reading, I look forward to meeting you.',
    de: 'Nach diesem Ausdruck steht die -ing-Form: I enjoy reading, I look forward to meeting you.',
    es: 'Después de esta expresión va la forma en -ing: I enjoy reading, I look forward to meeting you.',
    pt: 'Depois desta expressão vem a forma em -ing: I enjoy reading, I look forward to meeting you.',
  },
  infinitive: {
    en: 'This verb is followed by "to" and the base form: I want to go.',
    de: 'Nach diesem Verb steht „to“ mit der Grundform: I want to go.',
    es: 'Después de este verbo va «to» y la forma base: I want to go.',
    pt: 'Depois deste verbo vem "to" e a forma base: I want to go.',
  },
  suggest: {
    en: 'After "suggest" comes a clause or an -ing form: he suggested that I stay.',
    de: 'Nach „suggest“ steht ein Nebensatz oder eine -ing-Form: he suggested that I stay.',
    es: 'Después de «suggest» va una oración o una forma en -ing: he suggested that I stay.',
    pt: 'Depois de "suggest" vem uma oração ou uma forma em -ing: he suggested that I stay.',
  },
  make_let: {
    en: 'After make and let with a person comes the verb without "to": it made me laugh.',
    de: 'Nach make und let mit einer Person steht das Verb ohne „to“: it made me laugh.',
    es: 'Después de make y let con una persona va el verbo sin «to»: it made me laugh.',
    pt: 'Depois de make e let com uma pessoa vem o verbo sem "to": it made me laugh.',
  },
  conditional: {
    en: 'The clause with "if" has no "would": if I had time, I would go.',
    de: 'Im Satz mit „if“ steht kein „would“: if I had time, I would go.',
    es: 'La oración con «if» no lleva «would»: if I had time, I would go.',
    pt: 'A oração com "if" não leva "would": if I had time, I would go.',
  },
  say_tell: {
    en: 'With a person as object use "tell": he told me that …',
    de: 'Mit einer Person als Objekt steht „tell“: he told me that …',
    es: 'Con una persona como objeto se usa «tell»: he told me that …',
    pt: 'Com uma pessoa como objeto usa-se "tell": he told me that …',
  },
  uncountable: {
    en: 'This noun is uncountable: it has no plural and no "a". Use some, much or a piece of.',
    de: 'Dieses Nomen ist nicht zählbar: kein Plural und kein „a“. Möglich sind some, much oder a piece of.',
    es: 'Este nombre es incontable: no tiene plural ni «a». Se usa some, much o a piece of.',
    pt: 'Este nome é incontável: não tem plural nem "a". Usa-se some, much ou a piece of.',
  },
  number: {
    en: 'The words do not agree in number: many things, these books, every day, one of my friends.',
    de: 'Die Zahl passt nicht: many things, these books, every day, one of my friends.',
    es: 'No hay concordancia de número: many things, these books, every day, one of my friends.',
    pt: 'Não há concordância de número: many things, these books, every day, one of my friends.',
  },
  irregular_plural: {
    en: 'This noun has an irregular plural.',
    de: 'Dieses Nomen hat einen unregelmäßigen Plural.',
    es: 'Este nombre tiene un plural irregular.',
    pt: 'Este nome tem um plural irregular.',
  },
  job_article: {
    en: 'A job in the singular needs an article: she is a teacher.',
    de: 'Ein Beruf in der Einzahl braucht einen Artikel: she is a teacher.',
    es: 'Una profesión en singular necesita artículo: she is a teacher.',
    pt: 'Uma profissão no singular precisa de artigo: she is a teacher.',
  },
  comparison: {
    en: 'A comparative has either "more" or -er, and is followed by "than".',
    de: 'Ein Komparativ hat entweder „more“ oder -er, danach steht „than“.',
    es: 'Un comparativo lleva «more» o -er, y después «than».',
    pt: 'Um comparativo leva "more" ou -er, e depois "than".',
  },
  too_much: {
    en: 'Before an adjective use "too" without "much": too expensive.',
    de: 'Vor einem Adjektiv steht „too“ ohne „much“: too expensive.',
    es: 'Delante de un adjetivo se usa «too» sin «much»: too expensive.',
    pt: 'Antes de um adjetivo usa-se "too" sem "much": too expensive.',
  },
  agreement: {
    en: 'The verb must agree with its subject: people are, everybody is.',
    de: 'Das Verb richtet sich nach dem Subjekt: people are, everybody is.',
    es: 'El verbo concuerda con el sujeto: people are, everybody is.',
    pt: 'O verbo concorda com o sujeito: people are, everybody is.',
  },
  preposition: {
    en: 'This word goes with another preposition.',
    de: 'Zu diesem Wort gehört eine andere Präposition.',
    es: 'Esta palabra lleva otra preposición.',
    pt: 'Esta palavra leva outra preposição.',
  },
  no_preposition: {
    en: 'No preposition stands here.',
    de: 'Hier steht keine Präposition.',
    es: 'Aquí no va preposición.',
    pt: 'Aqui não vai preposição.',
  },
  missing_preposition: {
    en: 'A preposition is missing here.',
    de: 'Hier fehlt eine Präposition.',
    es: 'Aquí falta una preposición.',
    pt: 'Aqui falta uma preposição.',
  },
  word_order: {
    en: '"Very much" does not stand between a verb and its object: I really like it.',
    de: '„Very much“ steht nicht zwischen Verb und Objekt: I really like it.',
    es: '«Very much» no va entre el verbo y su objeto: I really like it.',
    pt: '"Very much" não fica entre o verbo e o objeto: I really like it.',
  },
  participle: {
    en: 'After have comes the past participle: I have eaten, she has gone.',
    de: 'Nach have steht das Partizip Perfekt: I have eaten, she has gone.',
    es: 'Después de have va el participio: I have eaten, she has gone.',
    pt: 'Depois de have vem o particípio: I have eaten, she has gone.',
  },
  be_able_to: {
    en: '"Can" has no infinitive: after "to" or another modal verb use "be able to".',
    de: '„Can“ hat keinen Infinitiv: nach „to“ oder einem anderen Modalverb steht „be able to“.',
    es: '«Can» no tiene infinitivo: después de «to» o de otro verbo modal se usa «be able to».',
    pt: '"Can" não tem infinitivo: depois de "to" ou de outro verbo modal usa-se "be able to".',
  },
  explain_to: {
    en: 'The person after "explain" needs "to": he explained it to me.',
    de: 'Die Person nach „explain“ steht mit „to“: he explained it to me.',
    es: 'La persona después de «explain» lleva «to»: he explained it to me.',
    pt: 'A pessoa depois de "explain" leva "to": he explained it to me.',
  },
  collocation: {
    en: 'These words are not used together in English. Learn the usual phrase as a whole.',
    de: 'Diese Wörter stehen im Englischen nicht zusammen. Lerne die übliche Wendung als Ganzes.',
    es: 'Estas palabras no van juntas en inglés. Aprende la expresión habitual entera.',
    pt: 'Estas palavras não se usam juntas em inglês. Aprenda a expressão habitual inteira.',
  },
  feeling: {
    en: 'English uses "be" for a feeling: I am hungry, we are tired.',
    de: 'Gefühle stehen im Englischen mit „be“: I am hungry, we are tired.',
    es: 'En inglés las sensaciones van con «be»: I am hungry, we are tired.',
    pt: 'Em inglês as sensações usam "be": I am hungry, we are tired.',
  },
  spelling: {
    en: 'Check the spelling of this word.',
    de: 'Prüfe die Schreibung dieses Wortes.',
    es: 'Revisa la ortografía de esta palabra.',
    pt: 'Verifique a ortografia desta palavra.',
  },
  mechanics: {
    en: 'Check capital letters and punctuation.',
    de: 'Prüfe Großschreibung und Zeichensetzung.',
    es: 'Revisa las mayúsculas y la puntuación.',
    pt: 'Verifique maiúsculas e pontuação.',
  },
  other: {
    en: 'Check this part.',
    de: 'Prüfe diese Stelle.',
    es: 'Revisa esta parte.',
    pt: 'Verifique esta parte.',
  },
} as const satisfies Record<string, Texts>;

export type ExplanationKey = keyof typeof EXPLANATIONS;
