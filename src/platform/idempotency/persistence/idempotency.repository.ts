import { Injectable } from '@nestjs/common';
import { type Statement, UnitOfWork } from '@/platform/persistence/index.js';

/** Identifies a repeated request. `scope` is a hash of the actor, or of the body of an anonymous request. */
export interface RequestIdentity {
  scope: Buffer;
  method: string;
  route: string;
  key: string;
}

export interface IdempotencyLease {
  /** Hash of path and body. */
  fingerprint: Buffer;
  claim: string;
  leaseUntil: Date;
  now: Date;
  expiresAt: Date;
}

export interface StoredResponse {
  status: number;
  body: unknown;
}

export interface IdempotencyRecord {
  fingerprint: Buffer;
  status: number | null;
  answer: Buffer | null;
}

/** `$1` to `$4` identify the request; `$5` fingerprint, `$6` claim, `$7` end of the lease, `$8` now, `$9` end of the key. */
const buildClaim = (condition: string): string => `
  INSERT INTO idempotency_keys AS k
    (scope, method, route, key, fingerprint, claim, lease_until, created_at, expires_at)
  SELECT $1::bytea, $2::text, $3::text, $4::text, $5::bytea, $6::uuid, $7::timestamptz, $8::timestamptz, $9::timestamptz ${condition}
  ON CONFLICT (scope, method, route, key) DO UPDATE
  SET fingerprint = excluded.fingerprint, claim = excluded.claim, lease_until = excluded.lease_until,
      created_at = excluded.created_at, status = NULL, answer = NULL,
      expires_at = CASE WHEN k.expires_at <= $8 THEN excluded.expires_at ELSE k.expires_at END
  WHERE k.expires_at <= $8
     OR (k.answer IS NULL AND k.lease_until <= $8 AND k.fingerprint = excluded.fingerprint)
  RETURNING claim`;

const CLAIM = { name: 'idempotency.claim', text: buildClaim('') };

/** Does not wait for another transaction that claims the same key. */
const CLAIM_IN_TRANSACTION = {
  name: 'idempotency.claim_in_transaction',
  text: buildClaim(
    `WHERE pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::bytea, $2, $3, $4), 0))`,
  ),
};

const FIND = {
  name: 'idempotency.find',
  text: `SELECT fingerprint, status, answer FROM idempotency_keys
         WHERE scope = $1 AND method = $2 AND route = $3 AND key = $4`,
};

const STORE = {
  name: 'idempotency.store',
  text: 'UPDATE idempotency_keys SET status = $2, answer = $3 WHERE claim = $1 AND answer IS NULL RETURNING claim',
};

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns whether this request may run: the key is new or has expired, or a lease ended without a response. */
  claim(identity: RequestIdentity, lease: IdempotencyLease): Promise<boolean> {
    return this.runClaim(CLAIM, identity, lease);
  }

  /** Like `claim`, in the transaction of the effect: others see the key when they see the effect. */
  claimInTransaction(identity: RequestIdentity, lease: IdempotencyLease): Promise<boolean> {
    return this.runClaim(CLAIM_IN_TRANSACTION, identity, lease);
  }

  async find({ scope, method, route, key }: RequestIdentity): Promise<IdempotencyRecord | undefined> {
    return (await this.unitOfWork.query<IdempotencyRecord>(FIND, [scope, method, route, key]))[0];
  }

  /** Returns false when another request has taken over the claim; then this request must be rolled back. */
  async store(claim: string, status: number, answer: Buffer): Promise<boolean> {
    return (await this.unitOfWork.query(STORE, [claim, status, answer])).length > 0;
  }

  async release(claim: string): Promise<void> {
    const text = 'DELETE FROM idempotency_keys WHERE claim = $1 AND answer IS NULL';
    await this.unitOfWork.query({ name: 'idempotency.release', text }, [claim]);
  }

  private async runClaim(
    statement: Statement,
    { scope, method, route, key }: RequestIdentity,
    { fingerprint, claim, leaseUntil, now, expiresAt }: IdempotencyLease,
  ): Promise<boolean> {
    const values = [scope, method, route, key, fingerprint, claim, leaseUntil, now, expiresAt];
    return (await this.unitOfWork.query(statement, values)).length > 0;
  }
}
