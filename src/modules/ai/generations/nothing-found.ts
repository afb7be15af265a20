import type { AnswerMetadata } from '../models/language-model.js';

/** The answer when no passage was found: no model is asked. */
export const NOTHING_FOUND: AnswerMetadata = {
  model: 'local-extractive',
  finishReason: 'stop',
  usage: null,
  sources: [],
};
