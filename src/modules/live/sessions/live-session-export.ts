import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { DataExportRegistry } from '@/modules/users/index.js';
import { iterateExportPages } from '../export-pages.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';

/** Adds the live sessions of a user, and the time that they used in each month, to the data export. */
@Injectable()
export class LiveSessionExport implements OnModuleInit {
  constructor(
    private readonly sessions: LiveSessionRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('live-sessions', (userId, hasSecondFactor) =>
      this.exportSessions({ userId, hasSecondFactor, organizationId: null, keyId: null }),
    );
    this.dataExports.register('live-usage', (userId) => this.exportUsage(userId));
  }

  private async *exportSessions(owner: Owner): AsyncGenerator<object> {
    for await (const row of iterateExportPages((window) => this.sessions.list(owner, window)))
      yield {
        session_id: row.id,
        session_type: row.session_type,
        language: row.language,
        voice: row.voice,
        instructions: row.instructions,
        module_id: row.module_id,
        use_knowledge: row.use_knowledge,
        provider: row.provider,
        started_at: row.started_at.toISOString(),
        ended_at: row.ended_at?.toISOString() ?? null,
        end_reason: row.end_reason,
      };
  }

  /** One row for each month. */
  private async *exportUsage(userId: string): AsyncGenerator<object> {
    yield* await this.sessions.listUsage(userId);
  }
}
