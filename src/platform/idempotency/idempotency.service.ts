import { Injectable } from '@nestjs/common';
import type { Actor, RequestWithActor } from '../access/actor.js';
import { requestContext } from '../context/request-context.js';
import { KeyedHash, SecretBox } from '../crypto/index.js';
import { toAppError, toErrorResponse } from '../errors/error-mapping.js';
import { platformErrors } from '../errors/index.js';
import { Clock } from '../kernel/clock.js';
import { DAY } from '../kernel/durations.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../persistence/index.js';
import {
  type IdempotencyRecord,
  IdempotencyRepository,
  type IdempotencyLease,
  type RequestIdentity,
  type StoredResponse,
} from './persistence/idempotency.repository.js';

const LEASE_SECONDS = 60;
const ENCRYPTION_PURPOSE = 'idempotent-answer';
/** Maximum bytes of a stored response. */
const MAX_STORED_BYTES = 64 * 1024;
/** Statuses that are not stored: a repetition of the request may succeed. */
const TRANSIENT_STATUSES = [401, 403, 408, 409];

export interface IdempotentRequest {
  key: string;
  method: string;
  route: string;
  /** Path and query. With it, one key cannot be used for two resources. */
  url: string;
  body: unknown;
  /** Null without credentials. */
  actor: Actor | null;
  /** Fields of the response that are stored as null. */
  secretFields?: readonly string[] | undefined;
}

export function toIdempotentRequest(
  key: string,
  { method, url, body, actor = null, routeOptions }: RequestWithActor,
): IdempotentRequest {
  return { key, method, route: routeOptions.url ?? url, url, body, actor };
}

export interface IdempotentResult extends StoredResponse {
  replayed: boolean;
}

/** Rolls the transaction back: another request has the key. */
class KeyTakenError extends Error {}

/**
 * Runs a request with an idempotency key once. The response is stored in the same transaction as the effect: after a crash
 * both exist or neither does. When another request has taken over the lease, the transaction is rolled back.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly requests: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly hash: KeyedHash,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Runs `action` and returns its result with `status`, or returns the stored response of the first request with this key. */
  async runOnce(
    request: IdempotentRequest,
    status: number,
    action: () => Promise<unknown>,
  ): Promise<IdempotentResult> {
    const { identity, lease } = this.prepareClaim(request);
    if (!(await this.requests.claim(identity, lease))) return this.replay(identity, lease.fingerprint);
    try {
      const finish = (result: unknown): Promise<void> =>
        this.storeResult(lease.claim, status, withoutSecrets(result, request));
      const body = await this.unitOfWork.runDeferred(action, { finish });
      return { status, body, replayed: false };
    } catch (error) {
      const isDisposable = !request.actor && toAppError(error).code === platformErrors.validation_failed.code;
      if (isDisposable) await this.requests.release(lease.claim);
      else await this.storeOrRelease(lease.claim, error);
      throw error;
    }
  }

  /**
   * Like `runOnce`, for an action that is one short transaction. The key is claimed in it, which saves a transaction: there is
   * no lease that another request could see or take over.
   */
  async runOnceInTransaction(
    request: IdempotentRequest,
    status: number,
    action: () => Promise<unknown>,
  ): Promise<IdempotentResult> {
    const { identity, lease } = this.prepareClaim(request);
    const begin = async (): Promise<void> => {
      if (!(await this.requests.claimInTransaction(identity, lease))) throw new KeyTakenError();
    };
    const finish = (result: unknown): Promise<void> =>
      this.storeResult(lease.claim, status, withoutSecrets(result, request));
    try {
      const body = await this.unitOfWork.runDeferred(action, { begin, finish });
      return { status, body, replayed: false };
    } catch (error) {
      if (error instanceof KeyTakenError) return this.replay(identity, lease.fingerprint);
      if (!isFinal(error)) throw error;
      if (!(await this.requests.claim(identity, lease))) return this.replay(identity, lease.fingerprint);
      await this.storeOrRelease(lease.claim, error);
      throw error;
    }
  }

  /**
   * For operations that look up the result of a key themselves. Throws when the key was used with another body. Returns the
   * stored rejection, else a function that stores a rejection. Concurrent requests with the same key are not refused.
   */
  async beginSelfManaged(
    request: IdempotentRequest,
  ): Promise<IdempotentResult | ((error: unknown) => Promise<void>)> {
    const { identity, lease } = this.prepareClaim(request);
    const claimed = await this.requests.claim(identity, lease);
    if (claimed)
      return (error) => this.storeOrRelease(lease.claim, error, TRANSIENT_STATUSES).catch(() => undefined);
    const stored = await this.find(identity, lease.fingerprint);
    return stored?.answer ? this.decryptResponse(stored.status, stored.answer) : () => Promise.resolve();
  }

  private prepareClaim(request: IdempotentRequest): { identity: RequestIdentity; lease: IdempotencyLease } {
    const body = JSON.stringify(request.body ?? null);
    const lease = {
      fingerprint: this.hash.stableHash('idempotency-fingerprint', request.url, body),
      claim: newId(),
      leaseUntil: this.clock.after(LEASE_SECONDS),
      now: this.clock.now(),
      expiresAt: this.clock.after(DAY),
    };
    return { identity: this.toIdentity(request), lease };
  }

  /** Throws 409 `idempotency_key_reused` for another body. */
  private async find(identity: RequestIdentity, fingerprint: Buffer): Promise<IdempotencyRecord | undefined> {
    const stored = await this.requests.find(identity);
    if (stored && !stored.fingerprint.equals(fingerprint)) throw platformErrors.idempotency_key_reused();
    return stored;
  }

  private async replay(identity: RequestIdentity, fingerprint: Buffer): Promise<IdempotentResult> {
    const { status = null, answer } = (await this.find(identity, fingerprint)) ?? {};
    if (!answer) throw platformErrors.idempotency_in_progress({ retryAfter: 1 });
    return this.decryptResponse(status, answer);
  }

  private decryptResponse(status: number | null, answer: Buffer): IdempotentResult {
    const body = JSON.parse(this.box.open(ENCRYPTION_PURPOSE, answer)) as unknown;
    return { status: status ?? 200, body, replayed: true };
  }

  /** Stores a final rejection like a response. Releases the key after an error that a repetition may not meet. */
  private async storeOrRelease(
    claim: string,
    error: unknown,
    transientStatuses: readonly number[] = [],
  ): Promise<void> {
    const { status, body } = toErrorResponse(toAppError(error));
    if (isFinal(error) && !transientStatuses.includes(status))
      await this.storeResponse(claim, status, body).catch(() => undefined);
    else await this.requests.release(claim);
  }

  private storeResult(claim: string, status: number, result: unknown): Promise<void> {
    return this.storeResponse(claim, requestContext.successStatus ?? status, result);
  }

  /** Stores a refusal instead of a large response: a repetition does not act again, and its client learns why. */
  private async storeResponse(claim: string, status: number, body: unknown): Promise<void> {
    const answer = this.box.seal(ENCRYPTION_PURPOSE, JSON.stringify(body ?? null));
    if (answer.length > MAX_STORED_BYTES) {
      const refusal = toErrorResponse(platformErrors.idempotency_answer_not_kept());
      return this.storeResponse(claim, refusal.status, refusal.body);
    }
    if (!(await this.requests.store(claim, status, answer))) throw platformErrors.idempotency_in_progress();
  }

  private toIdentity({ key, method, route, actor, body }: IdempotentRequest): RequestIdentity {
    const parts = actor ? actorParts(actor) : ['anonymous', JSON.stringify(body ?? null)];
    return { scope: this.hash.stableHash('idempotency-scope', ...parts), method, route, key };
  }
}

function withoutSecrets(result: unknown, { secretFields = [] }: IdempotentRequest): unknown {
  if (secretFields.length === 0) return result;
  return { ...(result as object), ...Object.fromEntries(secretFields.map((field) => [field, null])) };
}

/** Returns whether a repetition meets the same error. */
function isFinal(error: unknown): boolean {
  const { status } = toAppError(error);
  return status < 500 && status !== 429;
}

/** Includes the organization: the same request of one user in two organizations is not the same request. */
function actorParts({ organization, ...actor }: Actor): string[] {
  const parts = actor.via === 'session' ? ['user', actor.userId] : ['api_key', actor.keyId];
  return organization ? [...parts, organization.id] : parts;
}
