import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { LiveSessionsModule } from '../sessions/index.js';
import { HeardTurnsReader } from './heard-turns.reader.js';
import { LiveTranscriptExport } from './live-transcript-export.js';
import { LiveTranscriptWriter } from './live-transcript.writer.js';
import { LiveTranscriptsController } from './live-transcripts.controller.js';
import { LiveTranscriptsService } from './live-transcripts.service.js';
import { LiveTranscriptRepository } from './persistence/live-transcript.repository.js';
import { LiveTurnRepository } from './persistence/live-turn.repository.js';

/** The organization that pays decides how long; without a decision, transcripts are kept until they are deleted. */
const RETENTION_CONDITION = `EXISTS (SELECT FROM organizations o WHERE o.id = live_transcripts.payer_id
  AND COALESCE(session_ended_at, live_transcripts.created_at)
    <= $1::timestamptz - make_interval(days => o.transcript_retention_days))`;

/** What was said in live sessions. The socket stores turns with LiveTranscriptWriter. */
@Module({
  imports: [OrganizationsModule, UsersModule, LiveSessionsModule],
  controllers: [LiveTranscriptsController],
  providers: [
    LiveTranscriptRepository,
    LiveTurnRepository,
    LiveTranscriptWriter,
    LiveTranscriptsService,
    LiveTranscriptExport,
    HeardTurnsReader,
  ],
  exports: [HeardTurnsReader, LiveTranscriptWriter],
})
export class LiveTranscriptsModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerRetention({ table: 'live_transcripts', condition: RETENTION_CONDITION, keptFor: 0 });
  }
}
