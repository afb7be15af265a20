import { Injectable } from '@nestjs/common';
import { aiErrors } from '@/modules/ai/ai.errors.js';
import { scopeToOwner, type Owner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { WriteBatcher, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';

export type GenerationState = 'running' | 'done' | 'stopped' | 'failed';

export interface NewGeneration {
  id: string;
  ownerId: string;
  organizationId: OrganizationId | null;
  keyId: string | null;
  conversationId: string | null;
  nodeId: string;
  /** A guess, for the case that nobody lives to count them. */
  inputTokens: number;
  /** Keyed hashes of who repeats what; null without an idempotency key. */
  requestKey: Buffer | null;
  fingerprint: Buffer | null;
  reservationId: string | null;
  createdAt: Date;
  expiresAt: Date;
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

/** Who asks may be erased meanwhile, or their organization: their credentials hold no more. */
const CONSTRAINT_ERRORS = {
  generations_one_running_key: aiErrors.generation_in_progress,
  generations_owner_id_fkey: platformErrors.token_invalid,
  generations_organization_id_fkey: platformErrors.token_invalid,
};

/** Answers under way and of the last day. Reads take the owner first. */
@Injectable()
export class GenerationRepository {
  private readonly insertBatcher = new WriteBatcher<NewGeneration>((rows) => this.insertRows(rows));

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Together with others that begin at the same moment; only for those that can collide with none. */
  insertBatched(row: NewGeneration): Promise<void> {
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.insertBatcher.add(row));
  }

  /** Inside the caller's unit of work. Throws `generation_in_progress`; a taken key is a plain violation. */
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

  /** The generation that a repeated request attaches to; a key that has expired is free again. */
  async findByKey(owner: Owner, requestKey: Buffer, now: Date): Promise<FingerprintRow | undefined> {
    const values = [...ownerParameters(owner), requestKey, now];
    const [found] = await this.unitOfWork.query<FingerprintRow>(forOwner(FIND_BY_KEY, owner), values);
    if (!found) await this.unitOfWork.query(CLEAR_EXPIRED_KEY, [requestKey, now]);
    return found;
  }

  /** Those that are still there and not over, and whether somebody wants them to end. */
  async findRunning(ids: readonly string[]): Promise<Map<string, { stopping: boolean }>> {
    const rows = await this.unitOfWork.query<{ id: string; stopping: boolean }>(FIND_RUNNING, [ids]);
    return new Map(rows.map(({ id, stopping }) => [id, { stopping }]));
  }

  /** Asks whichever process writes it to end it. */
  async requestStop(id: string): Promise<void> {
    await this.unitOfWork.query(REQUEST_STOP, [id]);
  }

  private async insertRows(rows: NewGeneration[]): Promise<void[]> {
    await this.unitOfWork.query(INSERT, [
      rows.map(({ id }) => id),
      rows.map(({ ownerId }) => ownerId),
      rows.map(({ organizationId }) => organizationId),
      rows.map(({ keyId }) => keyId),
      rows.map(({ conversationId }) => conversationId),
      rows.map(({ nodeId }) => nodeId),
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

/** Whether an error says that this idempotency key is in use already. */
export function isIdempotencyKeyTaken(error: unknown): boolean {
  const driver = (error as { driverError?: { constraint?: string }; constraint?: string } | null) ?? {};
  return (driver.driverError?.constraint ?? driver.constraint) === 'generations_request_key_key';
}
