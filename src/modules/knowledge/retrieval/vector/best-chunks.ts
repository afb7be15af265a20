import type { RankedChunk } from '../retrieval-arm.js';

/** Chunks that are collected before the worst are removed, as a multiple of the limit. */
const COLLECTED = 4;

/** Collects the chunks with the highest scores, at most `perDocument` of each document. */
export class BestChunks {
  private chunks: RankedChunk[] = [];
  /** Chunks with lower scores are not among the best. */
  private threshold = 0;

  constructor(
    private readonly limit: number,
    private readonly perDocument: number,
  ) {}

  /** Returns whether a chunk with this score can be among the best. A chunk without similarity to the query cannot. */
  accepts(score: number): boolean {
    return score > 0 && score >= this.threshold;
  }

  add(chunk: RankedChunk): void {
    this.chunks.push(chunk);
    if (this.chunks.length >= COLLECTED * this.limit) this.removeWorst();
  }

  /** Returns the best chunks, the best first. */
  ranked(): RankedChunk[] {
    this.removeWorst();
    return this.chunks;
  }

  private removeWorst(): void {
    const counts = new Map<string, number>();
    this.chunks.sort((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1));
    const within = this.chunks.filter(({ documentId }) => {
      const count = (counts.get(documentId) ?? 0) + 1;
      counts.set(documentId, count);
      return count <= this.perDocument;
    });
    this.chunks = within.slice(0, this.limit);
    if (this.chunks.length === this.limit) this.threshold = this.chunks.at(-1)?.score ?? 0;
  }
}
