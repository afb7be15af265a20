import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Requires, type Actor, CurrentActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import type { JsonList } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { conversationErrors as errors } from '../conversations.errors.js';
import { CreateNoteRequest, NoteQuery, NoteResponse, ReplaceNoteRequest } from './dto/note.dto.js';
import { NotesService } from './notes.service.js';

const LOOKUP_ERRORS = [errors.note_not_found, platformErrors.two_factor_required];

@ApiTags('Conversations')
@Controller('api/core/notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  @Requires('conversations:read')
  @Operation({ summary: 'List notes', description: 'Newest first.', response: [NoteResponse] })
  listNotes(@CurrentActor() actor: Actor, @Query() query: NoteQuery): Promise<JsonList> {
    return this.notes.list(actor, query);
  }

  @Post()
  @Requires('conversations:write')
  @Operation({
    summary: 'Create a note',
    status: 201,
    response: NoteResponse,
    errors: [errors.conversation_not_found, platformErrors.two_factor_required],
    idempotent: 'in-transaction',
  })
  createNote(@CurrentActor() actor: Actor, @Body() request: CreateNoteRequest): Promise<NoteResponse> {
    return this.notes.create(actor, request);
  }

  @Get(':note_id')
  @Requires('conversations:read')
  @Operation({ summary: 'Get a note', response: NoteResponse, errors: LOOKUP_ERRORS })
  getNote(
    @CurrentActor() actor: Actor,
    @PathId('note_id', errors.note_not_found) id: string,
  ): Promise<NoteResponse> {
    return this.notes.get(actor, id);
  }

  @Put(':note_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Update a note',
    description: 'Properties that are absent become null.',
    response: NoteResponse,
    errors: [...LOOKUP_ERRORS, errors.conversation_not_found, platformErrors.field_read_only],
  })
  replaceNote(
    @CurrentActor() actor: Actor,
    @PathId('note_id', errors.note_not_found) id: string,
    @Body() request: ReplaceNoteRequest,
  ): Promise<NoteResponse> {
    return this.notes.replace(actor, id, request);
  }

  @Delete(':note_id')
  @Requires('conversations:write')
  @Operation({ summary: 'Delete a note', status: 204, errors: LOOKUP_ERRORS })
  deleteNote(
    @CurrentActor() actor: Actor,
    @PathId('note_id', errors.note_not_found) id: string,
  ): Promise<void> {
    return this.notes.delete(actor, id);
  }
}
