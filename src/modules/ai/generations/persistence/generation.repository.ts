import { Injectable } from '@nestjs/common';
import { aiErrors } from '@/modules/ai/ai.errors.js';
import { scopeToOwner, type Owner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { ClusterNodes, nodeIsAliveSql } from '@/platform/cluster/index.js';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';

export type GenerationState = 'running' | 'done' | 'stopped' | 'failed';

export interface NewGeneration {
  id: string;
  ownerId: string;
  organizationId: OrganizationId | null;
  keyId: string | null;
  conversationId: string | null;
  /** Estimated tokens of the prompt; used when the process dies before the provider reports its usage. */
  inputTokens: number;
  /** Keyed hashes of the idempotency key and of the request body; null without a key. */
  requestKey: Buffer | null;
  fingerprint: Buffer | null;
  reservationId: string | null;
  createdAt: Date;
  expiresAt: Date;
}

/** A generation whose process died, or could not write its result. */
export interface OrphanedGeneration {
  id: string;
  owner_id: string;
  /** Null for a session. The organization is then that of the conversation, and its usage is not billed there. */
  key_id: string | null;
  organization_id: OrganizationId | null;
  conversation_id: string | null;
  reservation_id: string | null;
  input_tokens: number;
}

interface FingerprintRow {
  id: string;
  fingerprint: Buffer;
}

const INSERT = {
  name: 'generations.insert',
  text: `INSERT INTO generations (id, owner_id, organization_id, key_id, conversation_id, node_id, state, input_tokens,
                                  request_key, fingerprint, reservation_id, created_at, expires_at)
         SELECT i.id, i.owner_id, i.organization_id, i.key_id, i.conversation_id, i.node_id, 'running',
                i.input_tokens, i.request_key, i.fingerprint, i.reservation_id, i.created_at, i.expires_at
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::bytea[],
                     $9::bytea[], $10::uuid[], $11::timestamptz[], $12::timestamptz[])
           AS i (id, owner_id, organization_id, key_id, conversation_id, node_id, input_tokens, request_key,
                 fingerprint, reservation_id, created_at, expires_at)`,
};

const FIND = scopeToOwner(
  'generations.find',
  'g',
  (ownerFilter) => `SELECT g.id, g.state FROM generations g WHERE ${ownerFilter} AND g.id = $3`,
);

const FIND_BY_KEY = scopeToOwner(
  'generations.by_key',
  'g',
  (ownerFilter) => `SELECT g.id, g.fingerprint FROM generations g
    WHERE g.request_key = $3 AND g.expires_at > $4 AND ${ownerFilter}`,
);

const CLEAR_EXPIRED_KEY = {
  name: 'generations.forget_key',
  text: 'UPDATE generations SET request_key = NULL WHERE request_key = $1 AND expires_at <= $2',
};

const FIND_RUNNING = {
  name: 'generations.running',
  text: "SELECT id, stopping FROM generations WHERE id = ANY($1::uuid[]) AND state = 'running'",
};

const REQUEST_STOP = {
  name: 'generations.stop',
  text: "UPDATE generations SET stopping = true WHERE id = $1 AND state = 'running'",
};

const CLAIM = {
  name: 'generations.claim',
  text: `UPDATE generations SET node_id = $1
         WHERE id IN (
           SELECT g.id FROM generations g
           WHERE g.state = 'running' AND (g.id = ANY($2::uuid[]) OR NOT ${nodeIsAliveSql('g.node_id')})
           LIMIT 500 FOR UPDATE OF g SKIP LOCKED)
         RETURNING id, owner_id, key_id, organization_id, conversation_id, reservation_id, input_tokens`,
};

/** The owner or their organization can be deleted during the request; their credentials are invalid then. */
const CONSTRAINT_ERRORS = {
  generations_one_running_key: aiErrors.generation_in_progress,
  generations_owner_id_fkey: platformErrors.token_invalid,
  generations_organization_id_fkey: platformErrors.token_invalid,
};

/** Running generations, and the finished ones of the last day. Every row belongs to the node that runs it. */
@Injectable()
export class GenerationRepository {
  private readonly insertBatcher = new StatementBatcher<NewGeneration>((rows) => this.insertRows(rows));

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clusterNodes: ClusterNodes,
  ) {}

  /** Inserts in one statement with concurrent calls. Only for rows that cannot violate a unique constraint. */
  insertBatched(row: NewGeneration): Promise<void> {
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.insertBatcher.add(row));
  }

  /**
   * Inserts inside the transaction of the caller. Throws `generation_in_progress` when the conversation has a running
   * generation; a taken idempotency key is a plain violation ({@link isIdempotencyKeyTaken}).
   */
  async insert(row: NewGeneration): Promise<void> {
    await mapConstraintErrors(CONSTRAINT_ERRORS, () => this.insertRows([row]));
  }

  async find(owner: Owner, id: string): Promise<{ id: string; state: GenerationState } | undefined> {
    const values = [...ownerParameters(owner), id];
    const [found] = await this.unitOfWork.query<{ id: string; state: GenerationState }>(
      forOwner(FIND, owner),
      values,
    );
    return found;
  }

  /** Returns the generation with this idempotency key. Releases the key if it has expired. */
  async findByKey(owner: Owner, requestKey: Buffer, now: Date): Promise<FingerprintRow | undefined> {
    const values = [...ownerParameters(owner), requestKey, now];
    const [found] = await this.unitOfWork.query<FingerprintRow>(forOwner(FIND_BY_KEY, owner), values);
    if (!found) await this.unitOfWork.query(CLEAR_EXPIRED_KEY, [requestKey, now]);
    return found;
  }

  /** Returns those of `ids` that are running, and whether a stop was requested. Not limited to an owner. */
  async findRunning(ids: readonly string[]): Promise<Map<string, { stopping: boolean }>> {
    const rows = await this.unitOfWork.query<{ id: string; stopping: boolean }>(FIND_RUNNING, [ids]);
    return new Map(rows.map(({ id, stopping }) => [id, { stopping }]));
  }

  /** Requests that the process of the generation stops it. */
  async requestStop(id: string): Promise<void> {
    await this.unitOfWork.query(REQUEST_STOP, [id]);
  }

  /**
   * Takes over the generations of dead processes and those of `lostIds`, at most 500. Two processes never claim the
   * same generation. Not limited to an owner.
   */
  claimOrphans(lostIds: readonly string[]): Promise<OrphanedGeneration[]> {
    return this.unitOfWork.query<OrphanedGeneration>(CLAIM, [this.clusterNodes.nodeId, lostIds]);
  }

  private async insertRows(rows: NewGeneration[]): Promise<void[]> {
    await this.unitOfWork.query(INSERT, [
      rows.map(({ id }) => id),
      rows.map(({ ownerId }) => ownerId),
      rows.map(({ organizationId }) => organizationId),
      rows.map(({ keyId }) => keyId),
      rows.map(({ conversationId }) => conversationId),
      rows.map(() => this.clusterNodes.nodeId),
      rows.map(({ inputTokens }) => inputTokens),
      rows.map(({ requestKey }) => requestKey),
      rows.map(({ fingerprint }) => fingerprint),
      rows.map(({ reservationId }) => reservationId),
      rows.map(({ createdAt }) => createdAt),
      rows.map(({ expiresAt }) => expiresAt),
    ]);
    return rows.map(() => undefined);
  }
}

/** Returns true for the violation that says that another generation has this idempotency key. */
export function isIdempotencyKeyTaken(error: unknown): boolean {
  const driver = (error as { driverError?: { constraint?: string }; constraint?: string } | null) ?? {};
  return (driver.driverError?.constraint ?? driver.constraint) === 'generations_request_key_key';
}
