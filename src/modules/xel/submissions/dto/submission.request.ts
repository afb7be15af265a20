import { customRule, IntegerField, TextField, UnionField } from '@/platform/validation/index.js';

const isResponse = customRule<unknown>(
  'response',
  'must be a string, a list of strings or an object',
  (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
);

export class XelTaskSubmissionRequest {
  @TextField({ optional: true, max: 64, description: 'If given, it must be the module of the task.' })
  module_id?: string;

  @TextField({ optional: true, max: 64, description: 'If given, it must be the task of the path.' })
  task_id?: string;

  @UnionField([isResponse], {
    schema: {
      oneOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' } },
        { type: 'object', properties: { transcript_id: { type: 'string', format: 'uuid' } } },
      ],
    },
    description:
      '`multiple_choice`: the id of an option. `gap_fill`: a text for each gap. `ordering`: the ids of all items. `reading` and ' +
      '`listening`: the id of an option for each question. `short_answer`, `dictation` and `writing`: a text. `speaking`: a ' +
      'transcript as text, or `{ transcript_id }`.',
    example: 'am',
  })
  response!: unknown;

  @IntegerField({ optional: true, min: 0, max: 86_400, example: 20 })
  time_spent_seconds?: number;
}
