import { Injectable } from '@nestjs/common';
import { EmbeddingsClient } from './embeddings-client.js';
import { type ChunkText, EmbeddingRepository } from './persistence/embedding.repository.js';

/** Chunks that are embedded, then stored: a repeated job goes on after them. */
const BATCH_SIZE = 64;

/** Embeds the chunks of versions. */
@Injectable()
export class EmbeddingService {
  constructor(
    private readonly client: EmbeddingsClient,
    private readonly embeddings: EmbeddingRepository,
  ) {}

  /**
   * Embeds the chunks of a version that have no vector of the configured model and of their present title. Chunks for which the model has no vector are left
   * out. Throws when the server fails, or has no vector for any chunk; then the version is embedded again later.
   */
  async embedVersion(versionId: string, signal: AbortSignal): Promise<void> {
    const { model } = this.client;
    if (model === undefined || !(await this.embeddings.begin(versionId, model))) return;
    let read = 0;
    for (let after = -1; ;) {
      const chunks = await this.embeddings.readTexts(versionId, model, after, BATCH_SIZE);
      const last = chunks.at(-1);
      if (!last) break;
      await this.embedChunks(model, chunks, signal);
      after = last.ordinal;
      read += chunks.length;
    }
    const isFinished = await this.embeddings.finish(versionId, model);
    if (!isFinished && read > 0 && (await this.embeddings.begin(versionId, model)))
      throw new Error('The model has no vector for any chunk of the document.');
  }

  private async embedChunks(model: string, chunks: readonly ChunkText[], signal: AbortSignal): Promise<void> {
    const texts = chunks.map(({ text }) => text);
    const embeddings = await this.client.embedTexts(texts, signal);
    const vectors = chunks.flatMap(({ id, contextKey }, index) => {
      const vector = embeddings[index];
      return vector ? [{ chunkId: id, contextKey, embedding: vector }] : [];
    });
    if (vectors.length > 0) await this.embeddings.store(model, vectors);
    const without = chunks.filter((_, index) => !embeddings[index]);
    if (without.length > 0) await this.embeddings.delete(without.map(({ id }) => id));
  }
}
