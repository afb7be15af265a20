import { Body, Controller, Delete, Get, Post, Put, Query } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { type Actor, Caller } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { PathId } from '@/platform/validation/path-id.js';
import { conversationErrors as errors } from '../conversations.errors.js';
import { CreateNoteRequest, NoteQuery, NoteResponse, ReplaceNoteRequest } from './dto/note.dto.js';
import { NotesService } from './notes.service.js';

const FINDING = [errors.note_not_found, platformErrors.two_factor_required];

@ApiTags('Notes')
@Controller('api/core/notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  @Requires('conversations:read')
  @Operation({ summary: 'List your notes, newest first', answers: [NoteResponse] })
  listNotes(@Caller() actor: Actor, @Query() query: NoteQuery): Promise<NoteResponse[]> {
    return this.notes.list(actor, query);
  }

  @Post()
  @Requires('conversations:write')
  @Operation({
    summary: 'Write a note',
    status: 201,
    answers: NoteResponse,
    errors: [errors.conversation_not_found, platformErrors.two_factor_required],
    idempotent: true,
  })
  createNote(@Caller() actor: Actor, @Body() request: CreateNoteRequest): Promise<NoteResponse> {
    return this.notes.create(actor, request);
  }

  @Get(':note_id')
  @Requires('conversations:read')
  @Operation({ summary: 'Get a note', answers: NoteResponse, errors: FINDING })
  getNote(
    @Caller() actor: Actor,
    @PathId('note_id', errors.note_not_found) id: string,
  ): Promise<NoteResponse> {
    return this.notes.show(actor, id);
  }

  @Put(':note_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Replace a note',
    description: 'What is left out is empty afterwards.',
    answers: NoteResponse,
    errors: [...FINDING, errors.conversation_not_found, platformErrors.field_read_only],
  })
  replaceNote(
    @Caller() actor: Actor,
    @PathId('note_id', errors.note_not_found) id: string,
    @Body() request: ReplaceNoteRequest,
  ): Promise<NoteResponse> {
    return this.notes.replace(actor, id, request);
  }

  @Delete(':note_id')
  @Requires('conversations:write')
  @Operation({ summary: 'Delete a note', status: 204, errors: FINDING })
  deleteNote(@Caller() actor: Actor, @PathId('note_id', errors.note_not_found) id: string): Promise<void> {
    return this.notes.delete(actor, id);
  }
}
