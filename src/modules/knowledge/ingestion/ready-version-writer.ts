import { Injectable } from '@nestjs/common';
import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { DocumentStatePublisher } from './document-state-publisher.js';
import type { ExtractionEvent, ExtractionSummary } from './extraction-process/extraction.js';
import { type IngestionFailure, IngestionStopped } from './extraction-process/ingestion-failure.js';
import { IngestionMetrics } from './ingestion-metrics.js';
import type { TrackedIngestion } from './ingestion-tracker.js';
import { IngestionRepository } from './persistence/ingestion.repository.js';

/** The progress when the first chunk is inserted, and after the last one. */
const STAGING_PERCENT = [70, 95] as const;

/**
 * Writes the result of an ingestion. Chunks are inserted while the extraction process sends them, without a transaction that
 * waits for it; then one transaction replaces what readers find. Or the version has failed.
 */
@Injectable()
export class ReadyVersionWriter {
  constructor(
    private readonly versions: IngestionRepository,
    private readonly chunkIndex: ChunkIndexService,
    private readonly unitOfWork: UnitOfWork,
    private readonly publisher: DocumentStatePublisher,
    private readonly metrics: IngestionMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a version ready while it is the latest of its document, and deletes the older ones. Throws {@link IngestionStopped}
   * when it is not processed any more.
   */
  async makeReady(
    ingestion: TrackedIngestion,
    summary: ExtractionSummary,
    events: AsyncIterable<ExtractionEvent>,
  ): Promise<void> {
    await this.stage(ingestion, summary, events);
    await this.unitOfWork.run(() => this.publish(ingestion, summary));
    this.metrics.countOutcome('ready');
  }

  /** Marks a version as failed, unless it is over. Readers still find the version that was ready before. */
  async fail(versionId: string, { code, detail }: IngestionFailure): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const failed = await this.versions.fail(versionId, code, detail, this.clock.now());
      if (!failed) return false;
      await this.chunkIndex.discard(versionId);
      await this.publisher.publishFailed(failed.document_id, failed.version, code);
      await this.unitOfWork.afterCommit(() => this.metrics.countOutcome(code));
      return true;
    });
  }

  private async stage(
    ingestion: TrackedIngestion,
    { language, chunkCount }: ExtractionSummary,
    events: AsyncIterable<ExtractionEvent>,
  ): Promise<void> {
    const { id: versionId, document_id: documentId } = ingestion.version;
    const [from, to] = STAGING_PERCENT;
    await ingestion.report('indexing', from);
    await this.chunkIndex.discard(versionId);
    let count = 0;
    for await (const event of events) {
      if (event.kind !== 'chunks') continue;
      if (!(await this.chunkIndex.stage({ versionId, language }, event.chunks))) throw new IngestionStopped();
      count += event.chunks.length;
      await ingestion.report('indexing', Math.floor(from + ((to - from) * count) / chunkCount));
    }
    await this.chunkIndex.follow(documentId);
  }

  private async publish({ version, signal }: TrackedIngestion, summary: ExtractionSummary): Promise<void> {
    const { id: versionId, document_id: id } = version;
    const document = await this.versions.lockDocument(id, version.version);
    if (!document || signal.aborted) throw new IngestionStopped();
    const { partition_id: partitionId, title } = document;
    const now = this.clock.now();
    const isRenamed = title !== version.title || document.has_default_title !== version.has_default_title;
    if (isRenamed) await this.chunkIndex.retitleLater(id);
    await this.chunkIndex.replace({ id, versionId, partitionId, chunkCount: summary.chunkCount });
    if (!(await this.versions.markReady(versionId, summary, now))) throw new IngestionStopped();
    await this.versions.setReadyVersion(version, isRenamed ? title : summary.title, now);
    await this.versions.deleteOlderVersions(id, version.version);
    await this.publisher.publishReady(id, version.version);
  }
}
