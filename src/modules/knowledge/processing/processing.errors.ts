import { defineErrors } from '@/platform/errors/index.js';

export const processingErrors = defineErrors({
  document_not_in_progress: {
    kind: 'conflict',
    message: 'The document is not in the state that this operation needs.',
    facts: { status: 'ready', required_status: ['queued', 'processing'] },
  },
});
