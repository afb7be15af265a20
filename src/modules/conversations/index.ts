export { ConversationsModule } from './conversations.module.js';
export { ConversationFinder } from './conversation-finder.js';
export { conversationErrors } from './conversations.errors.js';
export { LearningSessionEndings } from './learning-sessions/learning-session-endings.js';
export { LearningSessionEvents } from './learning-sessions/learning-session-events.js';
export { MessageSourceResponse, MessageUsageResponse } from './messages/dto/message.response.js';
export { toStorableText } from './messages/message.rules.js';
export type {
  DocumentSource,
  FinishReason,
  MessageRole,
  MessageSource,
  MessageUsage,
  QuotedSource,
} from './messages/message.rules.js';
export { type AnswerInput, type TurnContext, TurnWriter } from './messages/turn-writer.js';
export { type Passage, type PassageOptions, PassageSearch } from './search/passage-search.js';
