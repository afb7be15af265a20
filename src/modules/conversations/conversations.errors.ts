import { defineErrors } from '@/platform/errors/index.js';

export const conversationErrors = defineErrors({
  conversation_not_found: { kind: 'not_found', message: 'Conversation not found.' },
  learning_session_not_found: {
    kind: 'not_found',
    message: 'This conversation has no active learning session. Start one first.',
  },
  note_not_found: { kind: 'not_found', message: 'Note not found.' },
});
