import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';

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

const CLAIM = {
  name: 'idempotency.claim',
  text: `INSERT INTO idempotency_keys AS k
           (scope, method, route, key, fingerprint, claim, lease_until, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (scope, method, route, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, claim = excluded.claim, lease_until = excluded.lease_until,
             created_at = excluded.created_at, status = NULL, answer = NULL,
             expires_at = CASE WHEN k.expires_at <= $8 THEN excluded.expires_at ELSE k.expires_at END
         WHERE k.expires_at <= $8
            OR (k.answer IS NULL AND k.lease_until <= $8 AND k.fingerprint = excluded.fingerprint)
         RETURNING claim`,
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
  async claim(identity: RequestIdentity, lease: IdempotencyLease): Promise<boolean> {
    const { scope, method, route, key } = identity;
    const { fingerprint, claim, leaseUntil, now, expiresAt } = lease;
    const values = [scope, method, route, key, fingerprint, claim, leaseUntil, now, expiresAt];
    return (await this.unitOfWork.query(CLAIM, values)).length > 0;
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
}
