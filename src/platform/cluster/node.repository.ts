import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../persistence/index.js';

/** Seconds without a heartbeat after which a node counts as dead. */
const DEAD_AFTER_SECONDS = 8;

/** Returns the SQL condition that the node with this id is alive. Only the clock of the database counts. */
export function nodeIsAliveSql(node: string): string {
  return aliveNodeExistsSql(`n.id = ${node}`);
}

function aliveNodeExistsSql(condition: string): string {
  return `EXISTS (SELECT FROM nodes n WHERE ${condition} AND n.seen_at > now() - interval '${DEAD_AFTER_SECONDS} s')`;
}

const HEARTBEAT = {
  name: 'nodes.beat',
  text: `INSERT INTO nodes (id, worker_pool, seen_at) SELECT id, worker_pool, now() FROM unnest($1::uuid[], $2::text[]) AS n (id, worker_pool)
         ON CONFLICT (id) DO UPDATE SET worker_pool = excluded.worker_pool, seen_at = excluded.seen_at`,
};

const DELETE_LONG_DEAD = {
  name: 'nodes.forget',
  text: "DELETE FROM nodes WHERE seen_at < now() - interval '1 day'",
};
const DELETE_OTHERS = { name: 'nodes.alone', text: 'DELETE FROM nodes WHERE id <> ALL ($1::uuid[])' };

/**
 * graphile-worker itself releases a job only four hours after it was locked. A recently locked job is skipped: a process
 * can lock a job just before its first heartbeat with the id of its worker pool.
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

  /** Writes the rows of a process: the ids of its worker pools by the ids of the rows. */
  async heartbeat(workerPools: ReadonlyMap<string, string | null>): Promise<void> {
    await this.unitOfWork.query(HEARTBEAT, [[...workerPools.keys()], [...workerPools.values()]]);
  }

  /** Deletes nodes that died long ago; their work has been recovered. */
  async deleteLongDead(): Promise<void> {
    await this.unitOfWork.query(DELETE_LONG_DEAD, []);
  }

  /** Deletes all other nodes. Only for a database that one process uses. */
  async removeOtherNodes(ids: string[]): Promise<void> {
    await this.unitOfWork.query(DELETE_OTHERS, [ids]);
  }

  /** Unlocks the jobs that dead nodes had started. */
  async releaseJobsOfDeadNodes(): Promise<void> {
    await this.unitOfWork.query(RELEASE_JOBS_OF_DEAD_NODES, []);
  }
}
