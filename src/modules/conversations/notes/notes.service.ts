import { Injectable } from '@nestjs/common';
import { type Owner, ownerOf, WeakSessions } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import type { AppError } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { byId, page } from '@/platform/pagination/page.js';
import { assertUnchanged } from '@/platform/validation/request-pipe.js';
import { ConversationBook } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import {
  type CreateNoteRequest,
  type NoteQuery,
  NoteResponse,
  type ReplaceNoteRequest,
} from './dto/note.dto.js';
import type { Note } from './persistence/note.entity.js';
import { NoteRepository, type NoteText } from './persistence/note.repository.js';

@Injectable()
export class NotesService {
  constructor(
    private readonly notes: NoteRepository,
    private readonly book: ConversationBook,
    private readonly weakSessions: WeakSessions,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: NoteQuery): Promise<NoteResponse[]> {
    const window = byId(query);
    const rows = await this.notes.list(ownerOf(actor), query.conversation_id, window);
    return page(window, rows, ({ id }) => id).map((row) => NoteResponse.from(row));
  }

  async create(actor: Actor, request: CreateNoteRequest): Promise<NoteResponse> {
    const owner = ownerOf(actor);
    const text = textOf(request);
    const row = await this.notes.insert(owner, newId(), text, this.clock.now());
    if (!row) throw await this.unlinkable(owner, text);
    return NoteResponse.from(row);
  }

  async show(actor: Actor, id: string): Promise<NoteResponse> {
    return NoteResponse.from(await this.find(ownerOf(actor), id));
  }

  async replace(actor: Actor, id: string, request: ReplaceNoteRequest): Promise<NoteResponse> {
    const owner = ownerOf(actor);
    assertUnchanged(request, NoteResponse.from(await this.find(owner, id)));
    const text = textOf(request);
    const row = await this.notes.replace(owner, id, text, this.clock.now());
    if (row) return NoteResponse.from(row);
    await this.find(owner, id);
    throw await this.unlinkable(owner, text);
  }

  async delete(actor: Actor, id: string): Promise<void> {
    const owner = ownerOf(actor);
    if (!(await this.notes.delete(owner, id))) throw await this.missing(owner, id);
  }

  private async find(owner: Owner, id: string): Promise<Note> {
    const row = await this.notes.find(owner, id);
    if (!row) throw await this.missing(owner, id);
    return row;
  }

  private missing(owner: Owner, id: string): Promise<AppError> {
    return this.weakSessions.explain('notes', id, owner, conversationErrors.note_not_found);
  }

  /** Why a note may not be about this conversation: it is not there, or belongs to another organization. */
  private async unlinkable(owner: Owner, { conversation_id }: NoteText): Promise<AppError> {
    if (conversation_id === null) return conversationErrors.note_not_found();
    return this.book.missing(owner, conversation_id);
  }
}

function textOf({ title = null, content, conversation_id = null }: CreateNoteRequest): NoteText {
  return { title, content, conversation_id };
}
