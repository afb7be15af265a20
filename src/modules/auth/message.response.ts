import { ResponseField } from '@/platform/openapi/index.js';

/** The response of an operation that has nothing to return but a sentence. */
export class MessageResponse {
  @ResponseField('string', 'Done.')
  message!: string;

  static from(message: string): MessageResponse {
    return { message };
  }
}
