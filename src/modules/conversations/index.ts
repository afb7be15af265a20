export { ConversationsModule } from './conversations.module.js';
export { conversationErrors } from './conversations.errors.js';
export { MessageSourceResponse, MessageUsageResponse } from './messages/dto/message.response.js';
export { toStorableText } from './messages/message.rules.js';
export type { FinishReason, MessageRole, MessageSource, MessageUsage } from './messages/message.rules.js';
export { type AnswerInput, type TurnContext, TurnWriter } from './messages/turn-writer.js';
export { type Passage, type PassageOptions, PassageSearch } from './search/passage-search.js';
