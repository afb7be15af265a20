import { Injectable } from '@nestjs/common';
import { DocumentVersion } from '@/modules/knowledge/documents/persistence/document-version.entity.js';
import { JOB_KEY_PREFIX } from '@/modules/knowledge/ingestion/ingestion.rules.js';
import type { IngestionStage } from '@/modules/knowledge/knowledge.rules.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

/** A version whose ingestion has begun. */
export interface ClaimedVersion {
  id: string;
  document_id: string;
  version: number;
  filename: string;
  content_type: string;
  size: number;
  title: string;
  has_default_title: boolean;
}

export interface ReadyVersion {
  language: string | null;
  warnings: readonly string[];
  textLength: number;
  chunkCount: number;
}

/** A version that is neither over nor has a job that will run. */
export interface AbandonedVersion {
  id: string;
  owner_key: string;
  /** Its job has used all attempts. */
  exhausted: boolean;
}

/** Another process may have begun the version and died, so `processing` can be claimed too. Only the latest version is. */
const CLAIM = {
  name: 'ingestion.claim',
  text: `UPDATE knowledge_document_versions v
         SET status = 'processing', stage = 'extracting', progress_percent = 0, updated_at = $2
         FROM knowledge_documents d
         WHERE v.id = $1 AND d.id = v.document_id AND d.version = v.version AND v.status IN ('queued', 'processing')
         RETURNING v.id, v.document_id, v.version, v.filename, v.content_type, v.size, d.title, d.has_default_title`,
};

const REPORT_PROGRESS = {
  name: 'ingestion.progress',
  text: `UPDATE knowledge_document_versions v SET stage = $2, progress_percent = $3, updated_at = $4
         FROM knowledge_documents d
         WHERE v.id = $1 AND v.status = 'processing' AND d.id = v.document_id AND d.version = v.version RETURNING 1`,
};

const IS_CURRENT = {
  name: 'ingestion.is_current',
  text: `SELECT 1 FROM knowledge_document_versions v JOIN knowledge_documents d ON d.id = v.document_id
         WHERE v.id = $1 AND v.status = 'processing' AND d.version = v.version`,
};

const READ_PART = {
  name: 'ingestion.read_part',
  text: `SELECT data FROM knowledge_document_parts WHERE version_id = $1 AND kind = 'original' AND part = $2`,
};

const DELETE_TEXT = {
  name: 'ingestion.delete_text',
  text: `DELETE FROM knowledge_document_parts WHERE version_id = $1 AND kind = 'text'`,
};

/** Two processes can write the same text, when one of them was only taken for dead. */
const APPEND_TEXT = {
  name: 'ingestion.append_text',
  text: `INSERT INTO knowledge_document_parts (version_id, kind, part, data)
         SELECT id, 'text', $2, $3 FROM knowledge_document_versions WHERE id = $1 AND status = 'processing'
         ON CONFLICT (version_id, kind, part) DO UPDATE SET data = excluded.data RETURNING 1`,
};

const LOCK_DOCUMENT = {
  name: 'ingestion.lock_document',
  text: `SELECT partition_id, title, has_default_title FROM knowledge_documents WHERE id = $1 AND version = $2 FOR NO KEY UPDATE`,
};

const MARK_READY = {
  name: 'ingestion.mark_ready',
  text: `UPDATE knowledge_document_versions
         SET status = 'ready', stage = NULL, progress_percent = 100, language = $2, warnings = $3, text_length = $4,
           chunk_count = $5, updated_at = $6
         WHERE id = $1 AND status = 'processing' RETURNING 1`,
};

const SET_READY_VERSION = {
  name: 'ingestion.set_ready_version',
  text: `UPDATE knowledge_documents SET ready_version = $2, ready_version_id = $3, title = $4,
           has_default_title = false, updated_at = $5 WHERE id = $1`,
};

/** A trigger subtracts their bytes from the partition. */
const DELETE_OLDER_VERSIONS = {
  name: 'ingestion.delete_older',
  text: 'DELETE FROM knowledge_document_versions WHERE document_id = $1 AND version < $2',
};

const FAIL = {
  name: 'ingestion.fail',
  text: `UPDATE knowledge_document_versions
         SET status = 'failed', stage = NULL, error_code = $2, error_message = $3, updated_at = $4
         WHERE id = $1 AND status IN ('queued', 'processing') RETURNING document_id, version`,
};

const REQUEUE = {
  name: 'ingestion.requeue',
  text: `UPDATE knowledge_document_versions v
         SET status = 'queued', progress_percent = 0, error_code = NULL, error_message = NULL, updated_at = $2
         FROM knowledge_documents d
         WHERE v.id = $1 AND v.status = 'failed' AND d.id = v.document_id AND d.version = v.version RETURNING 1`,
};

/** A running job is alive, although it has used its last attempt. */
const FIND_ABANDONED = {
  name: 'ingestion.find_abandoned',
  text: `SELECT v.id, coalesce(d.uploaded_by, d.partition_id) AS owner_key, j.id IS NOT NULL AS exhausted
         FROM knowledge_document_versions v
         JOIN knowledge_documents d ON d.id = v.document_id AND d.version = v.version
         LEFT JOIN graphile_worker.jobs j ON j.key = '${JOB_KEY_PREFIX}' || v.id
         WHERE v.status IN ('queued', 'processing')
           AND (j.id IS NULL OR (j.attempts >= j.max_attempts AND j.locked_at IS NULL))
         ORDER BY v.updated_at LIMIT 100`,
};

const COUNT_UNFINISHED = {
  name: 'ingestion.count_unfinished',
  text: `SELECT (count(*) FILTER (WHERE status = 'queued'))::int AS queued,
           (count(*) FILTER (WHERE status = 'processing'))::int AS processing
         FROM knowledge_document_versions WHERE status IN ('queued', 'processing')`,
};

/** The state of the versions that are ingested. Every change is conditional on the state that it supersedes. */
@Injectable()
export class IngestionRepository extends RepositoryBase<DocumentVersion> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DocumentVersion);
  }

  /** Begins the ingestion. Returns undefined when the version is over or gone, or not the latest one. */
  claim(id: string, now: Date): Promise<ClaimedVersion | undefined> {
    return this.one<ClaimedVersion>(CLAIM, [id, now]);
  }

  /** Returns false when the version is not processed any more. */
  reportProgress(id: string, stage: IngestionStage, percent: number, now: Date): Promise<boolean> {
    return this.affectedOneRow(REPORT_PROGRESS, [id, stage, percent, now]);
  }

  /** Returns whether the version is still processed, and the latest one of its document. */
  isCurrent(id: string): Promise<boolean> {
    return this.affectedOneRow(IS_CURRENT, [id]);
  }

  /** Reads the original file piece by piece. */
  async *readOriginal(id: string): AsyncGenerator<Buffer, void> {
    for (let part = 0; ; part += 1) {
      const row = await this.one<{ data: Buffer }>(READ_PART, [id, part]);
      if (!row) return;
      yield row.data;
    }
  }

  async deleteText(id: string): Promise<void> {
    await this.query(DELETE_TEXT, [id]);
  }

  /** Stores a piece of the text. Returns false when the version is not processed any more. */
  appendText(id: string, part: number, data: Buffer): Promise<boolean> {
    return this.affectedOneRow(APPEND_TEXT, [id, part, data]);
  }

  /** Locks a document. Returns undefined when it is gone, or has a later version. */
  lockDocument(
    id: string,
    version: number,
  ): Promise<{ partition_id: string; title: string; has_default_title: boolean } | undefined> {
    return this.one(LOCK_DOCUMENT, [id, version]);
  }

  /** Returns false when the version is not processed any more. */
  markReady(id: string, ready: ReadyVersion, now: Date): Promise<boolean> {
    const { language, warnings, textLength, chunkCount } = ready;
    return this.affectedOneRow(MARK_READY, [id, language, warnings, textLength, chunkCount, now]);
  }

  /** Lets readers find the chunks of a version. */
  async setReadyVersion(
    { id, document_id: documentId, version }: ClaimedVersion,
    title: string,
    now: Date,
  ): Promise<void> {
    await this.query(SET_READY_VERSION, [documentId, version, id, title, now]);
  }

  async deleteOlderVersions(documentId: string, version: number): Promise<void> {
    await this.query(DELETE_OLDER_VERSIONS, [documentId, version]);
  }

  /** Returns the document whose version has failed; undefined when the version was over before. */
  fail(
    id: string,
    code: string,
    message: string,
    now: Date,
  ): Promise<{ document_id: string; version: number } | undefined> {
    return this.one(FAIL, [id, code, message, now]);
  }

  /** Queues a failed version again, when it is the latest of its document. Returns false otherwise. */
  requeue(id: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(REQUEUE, [id, now]);
  }

  findAbandoned(): Promise<AbandonedVersion[]> {
    return this.query(FIND_ABANDONED, []);
  }

  async countUnfinished(): Promise<{ queued: number; processing: number }> {
    return (
      (await this.one<{ queued: number; processing: number }>(COUNT_UNFINISHED, [])) ?? {
        queued: 0,
        processing: 0,
      }
    );
  }
}
