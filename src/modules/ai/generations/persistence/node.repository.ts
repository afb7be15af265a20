import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../../platform/persistence/index.js';

export interface Abandoned {
  id: string;
  reservation_id: string | null;
  /** The number of the last event that was stored. */
  events: number;
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
const ABANDONED = {
  name: 'generations.abandoned',
  text: `SELECT g.id, g.reservation_id,
           COALESCE((SELECT max(e.last_event) FROM generation_events e WHERE e.generation_id = g.id), 0) AS events
         FROM generations g
         WHERE g.state = 'running' AND (g.id = ANY($2::uuid[]) OR NOT EXISTS (
           SELECT FROM ai_nodes n WHERE n.id = g.node_id AND n.seen_at > now() - make_interval(secs => $1)))
         LIMIT 500 FOR UPDATE OF g SKIP LOCKED`,
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

  /** Inside the caller's unit of work: generations nobody writes any more, and `lost` ones of this process. */
  abandoned(silentFor: number, lost: readonly string[]): Promise<Abandoned[]> {
    return this.unitOfWork.query<Abandoned>(ABANDONED, [silentFor, lost]);
  }
}
