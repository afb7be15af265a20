import { Injectable } from '@nestjs/common';
import { CollectionDocuments } from '@/modules/knowledge/documents/collection-documents.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { CollectionFinder } from '../collections/collection-finder.js';
import { MAX_FILES, type SyncCollectionRequest } from './dto/collection.requests.js';
import type { CollectionSyncResponse } from './dto/collection.responses.js';

/** Compares the files of a source with the documents of a collection that have a path. */
@Injectable()
export class CollectionSynchronizer {
  constructor(
    private readonly finder: CollectionFinder,
    private readonly documents: CollectionDocuments,
  ) {}

  /**
   * Runs in the transaction of the caller. Nothing is deleted unless the request says so. Throws 413 `body_too_large` for too many
   * files.
   */
  async sync(actor: Actor, id: string, request: SyncCollectionRequest): Promise<CollectionSyncResponse> {
    const { files, delete_missing: deletesMissing = false } = request;
    if (files.length > MAX_FILES)
      throw platformErrors.body_too_large({ data: { field: 'files', max_files: MAX_FILES } });
    if (deletesMissing && files.length === 0)
      throw invalidField('files', 'not_empty', 'must not be empty with delete_missing');
    await this.finder.lockShared(actor, id);
    const documents = deletesMissing
      ? await this.documents.lock(actor, id)
      : await this.documents.list(actor, id);
    const hashes = new Map(documents.map(({ path, sha256 }) => [path, sha256]));
    const isUnchanged = ({ path, sha256 }: { path: string; sha256: string }): boolean =>
      hashes.get(path) === sha256.toLowerCase();
    const paths = new Set(files.map(({ path }) => path));
    const missing = documents.filter(
      ({ path, manageable }) => manageable && path !== null && !paths.has(path),
    );
    if (deletesMissing) await this.documents.remove(actor, missing);
    return {
      upload: files.filter((file) => !isUnchanged(file)).map(({ path }) => path),
      unchanged: files.filter(isUnchanged).map(({ path }) => path),
      delete: missing.map(({ path }) => path ?? ''),
    };
  }
}
