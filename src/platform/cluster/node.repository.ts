import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../persistence/index.js';

/** Seconds without a sign of life after which a process counts as dead. */
const DEAD_AFTER_SECONDS = 8;

/** For a `WHERE`: the process with this id is alive, by the database's clock; nobody else's counts. */
export function nodeIsAliveSql(node: string): string {
  return aliveNodeExistsSql(`n.id = ${node}`);
}

function aliveNodeExistsSql(condition: string): string {
  return `EXISTS (SELECT FROM nodes n WHERE ${condition} AND n.seen_at > now() - interval '${DEAD_AFTER_SECONDS} s')`;
}

const HEARTBEAT = {
  name: 'nodes.beat',
  text: `INSERT INTO nodes (id, worker_pool, seen_at) VALUES ($1, $2, now())
         ON CONFLICT (id) DO UPDATE SET worker_pool = $2, seen_at = now()`,
};

const DELETE_LONG_DEAD = {
  name: 'nodes.forget',
  text: "DELETE FROM nodes WHERE seen_at < now() - interval '1 day'",
};
const DELETE_OTHERS = { name: 'nodes.alone', text: 'DELETE FROM nodes WHERE id <> $1' };

/**
 * A job belongs to the workers that took it for four hours, alive or not. A process may take one just before it
 * shows for the first time with which workers.
 */
const RELEASE_JOBS_OF_DEAD_NODES = {
  name: 'nodes.free_jobs',
  text: `SELECT graphile_worker.force_unlock_workers(dead.workers)
         FROM (SELECT array_agg(DISTINCT j.locked_by) AS workers FROM graphile_worker.jobs j
               WHERE j.locked_at < now() - interval '${DEAD_AFTER_SECONDS} s' AND NOT ${aliveNodeExistsSql('n.worker_pool = j.locked_by')}) dead
         WHERE dead.workers IS NOT NULL`,
};

@Injectable()
export class NodeRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async heartbeat(id: string, workerPool: string | null): Promise<void> {
    await this.unitOfWork.query(HEARTBEAT, [id, workerPool]);
  }

  /** Those that have been dead for long: nothing of theirs is left to look after. */
  async deleteLongDead(): Promise<void> {
    await this.unitOfWork.query(DELETE_LONG_DEAD, []);
  }

  /** There is no other process: whoever is on the list is dead. */
  async removeOtherNodes(id: string): Promise<void> {
    await this.unitOfWork.query(DELETE_OTHERS, [id]);
  }

  /** Jobs that dead processes had begun can be taken by others. */
  async releaseJobsOfDeadNodes(): Promise<void> {
    await this.unitOfWork.query(RELEASE_JOBS_OF_DEAD_NODES, []);
  }
}
