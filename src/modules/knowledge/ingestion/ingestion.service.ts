import { Injectable } from '@nestjs/common';
import type { JobRun } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { DocumentExtractor } from './extraction-process/document-extractor.service.js';
import type { ExtractionEvent } from './extraction-process/extraction.js';
import { IngestionFailure, IngestionStopped } from './extraction-process/ingestion-failure.js';
import { IngestionTracker, type TrackedIngestion } from './ingestion-tracker.js';
import { IngestionRepository } from './persistence/ingestion.repository.js';
import { ReadyVersionWriter } from './ready-version-writer.js';

const INTERNAL_ERROR = new IngestionFailure(
  'internal',
  'The document could not be processed. Try again later.',
);

/** Ingests versions of documents: extracts the text, stores it, and makes the version ready, or failed with a reason. */
@Injectable()
export class IngestionService {
  constructor(
    private readonly versions: IngestionRepository,
    private readonly extractor: DocumentExtractor,
    private readonly tracker: IngestionTracker,
    private readonly writer: ReadyVersionWriter,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Throws when the job is to be repeated. */
  async ingest(versionId: string, run: JobRun): Promise<void> {
    const version = await this.versions.claim(versionId, this.clock.now());
    if (!version) return; // over, replaced or deleted
    try {
      await this.tracker.run(version, run.signal, (ingestion) => this.process(ingestion));
    } catch (error) {
      if (error instanceof IngestionFailure) await this.writer.fail(versionId, error);
      else if (error instanceof IngestionStopped && !run.signal.aborted) return;
      else if (run.attempt < run.attempts || run.signal.aborted) throw error;
      else {
        this.log.error('ingestion.failed', error, { version: versionId });
        await this.writer.fail(versionId, INTERNAL_ERROR);
      }
    }
  }

  private async process(ingestion: TrackedIngestion): Promise<void> {
    const { version, signal } = ingestion;
    const { title, has_default_title: hasDefaultTitle, filename, content_type: contentType, size } = version;
    await this.versions.deleteText(version.id);
    const original = this.versions.readOriginal(version.id);
    const events = this.extractor.extract(
      { title, hasDefaultTitle, filename, contentType, size },
      original,
      signal,
    );
    try {
      await this.storeText(ingestion, events);
    } finally {
      await events.return();
    }
  }

  /** Stores the text piece by piece until the process has sent all of it; then the chunks follow. */
  private async storeText(
    ingestion: TrackedIngestion,
    events: AsyncGenerator<ExtractionEvent, void>,
  ): Promise<void> {
    const { id } = ingestion.version;
    let part = 0;
    for (;;) {
      const { value: event, done } = await events.next();
      if (done) throw new Error('The extraction ended without a summary.');
      if (event.kind === 'progress') await ingestion.report(event.stage, event.percent);
      if (event.kind === 'text') {
        if (!(await this.versions.appendText(id, part, event.data))) throw new IngestionStopped();
        part += 1;
      }
      if (event.kind === 'extracted') return this.writer.makeReady(ingestion, event, events);
    }
  }
}
