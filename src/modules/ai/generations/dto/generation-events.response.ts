import { MessageSourceResponse } from '@/modules/conversations/index.js';
import { ErrorBody, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';
import { ChatResponse } from './chat.response.js';

/** Data of the event `start`, the first one. */
export class GenerationStartEvent {
  @ResponseIdField()
  generation_id!: string;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseIdField({ nullable: true })
  message_id!: string | null;

  @ResponseField('string', 'gpt-5-mini', { nullable: true, description: 'The model that is asked first.' })
  model!: string | null;
}

/** Data of the event `delta`: the next part of the answer. */
export class GenerationDeltaEvent {
  @ResponseField('string', 'Here is ')
  content!: string;
}

/** Data of the event `sources`. */
export class GenerationSourcesEvent {
  @ResponseListField(() => MessageSourceResponse, undefined, 'The texts that the answer quotes.')
  sources!: MessageSourceResponse[];
}

/** Data of the event `restart`: another provider starts over, and the text so far is void. */
export class GenerationRestartEvent {
  @ResponseField('string', 'openai')
  provider!: string;

  @ResponseField('string', 'gpt-5-mini')
  model!: string;
}

/** The data of each event of a generation. `done` has the whole answer, `error` the body of an error. */
export const GENERATION_EVENTS = [
  GenerationStartEvent,
  GenerationDeltaEvent,
  GenerationSourcesEvent,
  GenerationRestartEvent,
  ChatResponse,
  ErrorBody,
];
