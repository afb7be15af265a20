import { Injectable } from '@nestjs/common';
import { type Owner, toOwner, HiddenRowExplainer } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type JsonList, windowById, toJsonList } from '@/platform/pagination/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { ConversationFinder } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import {
  type CreateNoteRequest,
  type NoteQuery,
  NoteResponse,
  type ReplaceNoteRequest,
} from './dto/note.dto.js';
import type { Note } from './persistence/note.entity.js';
import { NoteRepository, type NoteInput } from './persistence/note.repository.js';

/** Creates, lists, reads, replaces and deletes the notes of a user or an API key. */
@Injectable()
export class NotesService {
  constructor(
    private readonly notes: NoteRepository,
    private readonly conversationFinder: ConversationFinder,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: NoteQuery): Promise<JsonList> {
    const window = windowById(query);
    return toJsonList(await this.notes.list(toOwner(actor), query.conversation_id, window));
  }

  async create(actor: Actor, request: CreateNoteRequest): Promise<NoteResponse> {
    const owner = toOwner(actor);
    const input = toNoteInput(request);
    const row = await this.notes.insert(owner, newId(), input, this.clock.now());
    if (!row) throw await this.conversationLinkError(owner, input);
    return NoteResponse.from(row);
  }

  async get(actor: Actor, id: string): Promise<NoteResponse> {
    return NoteResponse.from(await this.find(toOwner(actor), id));
  }

  /** Replaces all fields of a note; a replacement that is equal writes nothing. Throws `note_not_found` or `conversation_not_found`. */
  async replace(actor: Actor, id: string, request: ReplaceNoteRequest): Promise<NoteResponse> {
    const owner = toOwner(actor);
    const current = NoteResponse.from(await this.find(owner, id));
    assertUnchanged(request, current);
    const input = toNoteInput(request);
    if (Object.keys(changedFields<NoteInput>(current, input)).length === 0) return current;
    const row = await this.notes.replace(owner, id, input, this.clock.now());
    if (row) return NoteResponse.from(row);
    await this.find(owner, id);
    throw await this.conversationLinkError(owner, input);
  }

  async delete(actor: Actor, id: string): Promise<void> {
    const owner = toOwner(actor);
    if (!(await this.notes.delete(owner, id))) throw await this.notFoundError(owner, id);
  }

  private async find(owner: Owner, id: string): Promise<Note> {
    const row = await this.notes.find(owner, id);
    if (!row) throw await this.notFoundError(owner, id);
    return row;
  }

  private notFoundError(owner: Owner, id: string): Promise<AppError> {
    return this.hiddenRowExplainer.explainMissingRow('notes', id, owner, conversationErrors.note_not_found);
  }

  /** Returns why the note cannot be linked: the conversation is unknown or belongs to another organization. */
  private async conversationLinkError(owner: Owner, { conversation_id }: NoteInput): Promise<AppError> {
    if (conversation_id === null) return conversationErrors.note_not_found();
    return this.conversationFinder.notFoundError(owner, conversation_id);
  }
}

function toNoteInput({ title = null, content, conversation_id = null }: CreateNoteRequest): NoteInput {
  return { title, content, conversation_id };
}
