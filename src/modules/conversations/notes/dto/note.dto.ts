import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { IdField, NameField, ReadOnlyField, TextField } from '@/platform/validation/index.js';
import type { Note } from '../persistence/note.entity.js';

export class NoteQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only notes about this conversation.' })
  conversation_id?: string;
}

export class CreateNoteRequest {
  @NameField({ optional: true, nullable: true, max: 200, example: 'Meeting of May' })
  title?: string | null;

  @TextField({ max: 100_000, example: 'We agreed to ship in June.' })
  content!: string;

  @IdField({
    optional: true,
    nullable: true,
    description: 'One of your conversations that the note is about.',
  })
  conversation_id?: string | null;
}

/** Replaces all fields: absent ones become null. */
export class ReplaceNoteRequest extends CreateNoteRequest {
  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  updated_at?: unknown;
}

@ApiSchema({ name: 'NoteResponse' })
export class NoteResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Meeting of May', { nullable: true })
  title!: string | null;

  @ResponseField('string', 'We agreed to ship in June.')
  content!: string;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: Note): NoteResponse {
    return {
      id: row.id,
      title: row.title,
      content: row.content,
      conversation_id: row.conversation_id,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
