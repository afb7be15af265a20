import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { ConversationCoreModule } from '../conversation-core.module.js';
import { NotesController } from './notes.controller.js';
import { NotesService } from './notes.service.js';
import { NoteRepository } from './persistence/note.repository.js';

/** Notes. The repository is exported for ConversationDataExportModule only. */
@Module({
  imports: [ConversationCoreModule, OrganizationsModule],
  controllers: [NotesController],
  providers: [NoteRepository, NotesService],
  exports: [NoteRepository],
})
export class NotesModule {}
