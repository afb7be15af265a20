import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { Identifier, Name, ReadOnly, Text } from '@/platform/validation/fields.js';
import type { Note } from '../persistence/note.entity.js';

export class NoteQuery extends PageQuery {
  @Identifier({ optional: true, description: 'Only notes about this conversation.' })
  conversation_id?: string;
}

export class CreateNoteRequest {
  @Name({ optional: true, nullable: true, max: 200, example: 'Meeting of May' })
  title?: string | null;

  @Text({ max: 100_000, example: 'We agreed to ship in June.' })
  content!: string;

  @Identifier({ optional: true, nullable: true, description: 'What it is about; one of your own.' })
  conversation_id?: string | null;
}

/** Replaces the whole note: what is left out is nothing afterwards. */
export class ReplaceNoteRequest extends CreateNoteRequest {
  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  updated_at?: unknown;
}

@ApiSchema({ name: 'NoteResponse' })
export class NoteResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'Meeting of May', { nullable: true })
  title!: string | null;

  @Shows('string', 'We agreed to ship in June.')
  content!: string;

  @ShowsId({ nullable: true })
  conversation_id!: string | null;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  updated_at!: string;

  static from(row: Note): NoteResponse {
    const { id, title, content, conversation_id } = row;
    const times = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
    return { id, title, content, conversation_id, ...times };
  }
}
