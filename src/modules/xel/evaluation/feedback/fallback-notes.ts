import type { FallbackReason } from '../evaluation.js';
import { type FeedbackLanguage, toFeedbackLanguage } from './languages.js';

const NOTES: Readonly<Record<FallbackReason, Readonly<Record<FeedbackLanguage, string>>>> = {
  token_limit: {
    en: 'Your AI tokens of this month are used up, so rules judged the text.',
    de: 'Deine KI-Tokens dieses Monats sind aufgebraucht, daher haben Regeln den Text bewertet.',
    es: 'Tus tokens de IA de este mes se han agotado, así que el texto se evaluó con reglas.',
    pt: 'Seus tokens de IA deste mês acabaram, por isso o texto foi avaliado por regras.',
  },
  provider_unavailable: {
    en: 'No AI provider answered, so rules judged the text.',
    de: 'Kein KI-Anbieter hat geantwortet, daher haben Regeln den Text bewertet.',
    es: 'Ningún proveedor de IA respondió, así que el texto se evaluó con reglas.',
    pt: 'Nenhum provedor de IA respondeu, por isso o texto foi avaliado por regras.',
  },
  too_slow: {
    en: 'The AI provider took too long, so rules judged the text.',
    de: 'Der KI-Anbieter hat zu lange gebraucht, daher haben Regeln den Text bewertet.',
    es: 'El proveedor de IA tardó demasiado, así que el texto se evaluó con reglas.',
    pt: 'O provedor de IA demorou demais, por isso o texto foi avaliado por regras.',
  },
  unusable_answers: {
    en: 'The answers of the AI model could not be used, so rules judged the text.',
    de: 'Die Antworten des KI-Modells waren nicht brauchbar, daher haben Regeln den Text bewertet.',
    es: 'Las respuestas del modelo de IA no eran utilizables, así que el texto se evaluó con reglas.',
    pt: 'As respostas do modelo de IA não puderam ser usadas, por isso o texto foi avaliado por regras.',
  },
  busy: {
    en: 'Too many of your AI requests were running, so rules judged the text.',
    de: 'Zu viele deiner KI-Anfragen liefen gleichzeitig, daher haben Regeln den Text bewertet.',
    es: 'Había demasiadas solicitudes tuyas de IA en curso, así que el texto se evaluó con reglas.',
    pt: 'Havia muitas solicitações suas de IA em andamento, por isso o texto foi avaliado por regras.',
  },
  interrupted: {
    en: 'The evaluation was interrupted several times, so rules judged the text.',
    de: 'Die Bewertung wurde mehrmals unterbrochen, daher haben Regeln den Text bewertet.',
    es: 'La evaluación se interrumpió varias veces, así que el texto se evaluó con reglas.',
    pt: 'A avaliação foi interrompida várias vezes, por isso o texto foi avaliado por regras.',
  },
};

/** Returns why rules judged a text although the server has a model. */
export function explainFallback(reason: FallbackReason, language: string): string {
  return NOTES[reason][toFeedbackLanguage(language)];
}
