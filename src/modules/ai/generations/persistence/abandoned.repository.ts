import { Injectable } from '@nestjs/common';
import { nodeIsAliveSql } from '@/platform/cluster/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** A generation whose process died, as far as its row tells. */
export interface OrphanedGeneration {
  id: string;
  owner_id: string;
  /** Null with a session; then the organization is that of the conversation, and not who pays. */
  key_id: string | null;
  organization_id: OrganizationId | null;
  conversation_id: string | null;
  reservation_id: string | null;
  input_tokens: number;
}

const CLAIM = {
  name: 'generations.claim',
  text: `UPDATE generations SET node_id = $1
         WHERE id IN (
           SELECT g.id FROM generations g
           WHERE g.state = 'running' AND (g.id = ANY($2::uuid[]) OR NOT ${nodeIsAliveSql('g.node_id')})
           LIMIT 500 FOR UPDATE OF g SKIP LOCKED)
         RETURNING id, owner_id, key_id, organization_id, conversation_id, reservation_id, input_tokens`,
};

/** Generations nobody writes any more. They concern everybody, so nothing here takes an owner. */
@Injectable()
export class OrphanedGenerationRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Takes over those of dead processes, and the `lost` ones of process `node`. No two processes get the same. */
  claimOrphans(nodeId: string, lostIds: readonly string[]): Promise<OrphanedGeneration[]> {
    return this.unitOfWork.query<OrphanedGeneration>(CLAIM, [nodeId, lostIds]);
  }
}
