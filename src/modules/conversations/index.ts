export { ConversationsModule } from './conversations.module.js';
export { conversationErrors } from './conversations.errors.js';
export { MessageSourceResponse, MessageUsageResponse } from './messages/dto/message.response.js';
export { storable } from './messages/message.rules.js';
export type { FinishReason, MessageRole, MessageSource, MessageUsage } from './messages/message.rules.js';
export { type Answer, type BegunTurn, Turns } from './messages/turn-writer.js';
export { type Passage, type PassageOptions, Passages } from './search/passage-search.js';
