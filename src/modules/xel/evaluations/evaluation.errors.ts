import { defineErrors } from '@/platform/errors/index.js';

export const evaluationErrors = defineErrors({
  evaluation_not_found: { kind: 'not_found', message: 'Evaluation not found.' },
  evaluation_not_comparable: {
    kind: 'conflict',
    message: 'The earlier evaluation is not done, or is of another skill, task or prompt.',
  },
  evaluation_not_done: { kind: 'conflict', message: 'Only an evaluation with a score can be reviewed.' },
  review_request_not_found: {
    kind: 'not_found',
    message: 'This evaluation has no open request for a review.',
  },
});
