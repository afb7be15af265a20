export { AiModule } from './ai.module.js';
export { connectJsonClient, connectMediaClient } from './models/http/connect-client.js';
export type { JsonClient } from './models/http/json-client.js';
export type { MediaClient } from './models/http/media-client.js';
export { failureMessage, ModelFailure } from './models/model-failure.js';
export { aiErrors } from './ai.errors.js';
export { toProviderError } from './routing/routing.rules.js';
export { ChatService } from './generations/chat.service.js';
export {
  type StreamedAnswer,
  StreamedAnswerService,
  type StreamedPrompt,
} from './generations/streamed-answer.service.js';
export { type WholeAnswer, WholeAnswerService } from './generations/whole-answer.service.js';
export { AnswerFlow } from './models/answer-flow.js';
export type { ModelMessage, Requester } from './models/language-model.js';
export { ChatResponse, GroundedSentenceResponse } from './generations/dto/chat.response.js';
export {
  GenerationDeltaEvent,
  GenerationRestartEvent,
  GenerationSourcesEvent,
  GenerationStartEvent,
} from './generations/dto/generation-events.response.js';
export { SentenceSplitter } from './grounding/sentence-splitter.js';
export type { GroundedAnswer } from './grounding/grounded-answer.js';
export { GroundingRegistry } from './grounding/grounding-registry.js';
export type {
  GroundedAnswerRecord,
  GroundedQuestion,
  Grounding,
  GroundingInput,
  GroundingSource,
  JudgedSentence,
} from './grounding/grounding.js';
export { extractKeywords, isSameWord, splitSentences } from './local/sentences.js';
