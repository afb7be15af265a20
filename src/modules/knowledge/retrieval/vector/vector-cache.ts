import { Injectable } from '@nestjs/common';

/** Vectors of some chunks of one version. It never changes: other vectors of the version have another revision. */
export interface VectorBlock {
  chunkIds: readonly string[];
  /** The vectors of the chunks, one after the other. */
  vectors: Float32Array;
}

const MIB = 1024 * 1024;
const MAX_BYTES = 128 * MIB;
/** Of an entry and of an id in it. */
const ENTRY_BYTES = 300;
const ID_BYTES = 80;

interface CacheEntry {
  block: VectorBlock;
  bytes: number;
  /** The last search that used the block. */
  search: number;
}

/**
 * Keeps vectors in memory, up to a number of bytes. The blocks that were not used for the longest time are removed first, but
 * no block of the running search: a search over more vectors than fit keeps some of them for the next one.
 */
@Injectable()
export class VectorCache {
  bytes = 0;
  maxBytes = MAX_BYTES;
  /** In the order of the last use. */
  private readonly entries = new Map<string, CacheEntry>();

  get(key: string, search: number): VectorBlock | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    entry.search = Math.max(entry.search, search);
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.block;
  }

  add(key: string, block: VectorBlock, search: number): void {
    const bytes = block.vectors.byteLength + block.chunkIds.length * ID_BYTES + ENTRY_BYTES;
    if (this.entries.has(key)) return;
    for (const [oldest, entry] of this.entries) {
      if (this.bytes + bytes <= this.maxBytes || entry.search >= search) break;
      this.entries.delete(oldest);
      this.bytes -= entry.bytes;
    }
    if (this.bytes + bytes > this.maxBytes) return;
    this.entries.set(key, { block, bytes, search });
    this.bytes += bytes;
  }
}
