import { defineErrors } from '@/platform/errors/index.js';

export const answerErrors = defineErrors({
  receipt_not_found: { kind: 'not_found', message: 'Receipt not found.' },
});
