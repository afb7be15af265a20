import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { EnumField } from '@/platform/validation/index.js';

export class XelTaskAudioQuery {
  @EnumField(['text'], {
    optional: true,
    description: 'The text instead of the audio, for learners who cannot hear it. The task then pays no XP.',
  })
  as?: 'text';
}

@ApiSchema({ name: 'XELTaskAudioText' })
export class XelTaskAudioText {
  @ResponseField('string', 'a1-my-town-listening')
  task_id!: string;

  @ResponseField('string', "The swimming pool? It's not far.")
  text!: string;

  @ResponseField('boolean', true)
  assisted!: boolean;
}
