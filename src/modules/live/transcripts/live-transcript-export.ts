import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { DataExportRegistry } from '@/modules/users/index.js';
import { iterateExportPages } from '../export-pages.js';
import { LiveTranscriptDetailResponse } from './dto/live-transcript.responses.js';
import { LiveTranscriptRepository } from './persistence/live-transcript.repository.js';

/** Adds the transcripts of a user to the data export. */
@Injectable()
export class LiveTranscriptExport implements OnModuleInit {
  constructor(
    private readonly transcripts: LiveTranscriptRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('live-transcripts', (userId, hasSecondFactor) =>
      this.exportTranscripts({ userId, hasSecondFactor, organizationId: null, keyId: null }),
    );
  }

  private async *exportTranscripts(owner: Owner): AsyncGenerator<object> {
    for await (const row of iterateExportPages((window) => this.transcripts.list(owner, window)))
      yield LiveTranscriptDetailResponse.withTurns(row, await this.transcripts.listTurns(row.id));
  }
}
