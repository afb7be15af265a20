import { defineErrors } from '@/platform/errors/index.js';

export const xelErrors = defineErrors({
  xel_module_not_found: { kind: 'not_found', message: 'The course has no such module.' },
  xel_task_not_found: { kind: 'not_found', message: 'The course has no such task.' },
  task_audio_not_found: { kind: 'not_found', message: 'This task has no audio.' },
  task_audio_unavailable: {
    kind: 'unavailable',
    message: 'This server has no speech provider, so it cannot play this task.',
    facts: { text_available: true },
  },
  placement_not_found: { kind: 'not_found', message: 'Placement test not found.' },
  placement_item_not_current: {
    kind: 'conflict',
    message: 'This is not the current item of the placement test. Get the test to see it.',
  },
  placement_too_soon: {
    kind: 'conflict',
    message: 'A placement test can be repeated seven days after the last one.',
    facts: { retake_at: '2026-04-23T10:00:03.120Z' },
  },
  review_not_found: { kind: 'not_found', message: 'Review item not found.' },
  review_not_due: {
    kind: 'conflict',
    message: 'This item is not due. It has been reviewed, or its day has not come.',
    facts: { due_on: '2026-04-23' },
  },
  evaluation_unavailable: {
    kind: 'unavailable',
    message: 'This server cannot evaluate writing and speaking.',
  },
});
