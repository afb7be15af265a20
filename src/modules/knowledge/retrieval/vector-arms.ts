import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { RankedChunk, VectorArm } from './retrieval-arm.js';
import type { KnowledgeQuery } from './retrieval.js';

/** The search by meaning, if a module has registered one. */
@Injectable()
export class VectorArms implements VectorArm {
  private arm: VectorArm | undefined;

  /** Called once during the start. */
  register(arm: VectorArm): void {
    this.arm = arm;
  }

  async search(reader: KnowledgeReader, query: KnowledgeQuery, limit: number): Promise<RankedChunk[]> {
    return (await this.arm?.search(reader, query, limit)) ?? [];
  }
}
