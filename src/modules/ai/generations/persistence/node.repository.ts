import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '../../../../platform/kernel/ids.js';
import { UnitOfWork } from '../../../../platform/persistence/index.js';

/** A generation whose process died, as far as its row tells. */
export interface Abandoned {
  id: string;
  owner_id: string;
  /** Null with a session; then the organization is that of the conversation, and not who pays. */
  key_id: string | null;
  organization_id: OrganizationId | null;
  conversation_id: string | null;
  reservation_id: string | null;
  input_tokens: number;
}

const BEAT = {
  name: 'ai_nodes.beat',
  text: 'INSERT INTO ai_nodes (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()',
};

const FORGET = {
  name: 'ai_nodes.forget',
  text: "DELETE FROM ai_nodes WHERE seen_at < now() - interval '1 day'",
};
const ALONE = { name: 'ai_nodes.alone', text: 'DELETE FROM ai_nodes WHERE id <> $1' };

/** Of processes that have not been seen for a while, by the database's clock: nobody else's counts. */
const CLAIM = {
  name: 'generations.claim',
  text: `UPDATE generations SET node_id = $1
         WHERE id IN (
           SELECT g.id FROM generations g
           WHERE g.state = 'running' AND (g.id = ANY($3::uuid[]) OR NOT EXISTS (
             SELECT FROM ai_nodes n WHERE n.id = g.node_id AND n.seen_at > now() - make_interval(secs => $2)))
           LIMIT 500 FOR UPDATE OF g SKIP LOCKED)
         RETURNING id, owner_id, key_id, organization_id, conversation_id, reservation_id, input_tokens`,
};

/** The processes that write answers, and what those that died have left behind. */
@Injectable()
export class NodeRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async beat(id: string): Promise<void> {
    await this.unitOfWork.query(BEAT, [id]);
  }

  /** Those that have been dead for long: nothing of theirs is left to look after. */
  async forget(): Promise<void> {
    await this.unitOfWork.query(FORGET, []);
  }

  /** There is no other process: whoever is on the list is dead. */
  async alone(id: string): Promise<void> {
    await this.unitOfWork.query(ALONE, [id]);
  }

  /** Takes over generations nobody writes any more, and `lost` ones of this process. No two processes get the same. */
  claim(id: string, silentFor: number, lost: readonly string[]): Promise<Abandoned[]> {
    return this.unitOfWork.query<Abandoned>(CLAIM, [id, silentFor, lost]);
  }
}
