import { Injectable } from '@nestjs/common';
import type { Actor, ActorRequest } from '../access/actor.js';
import { KeyedHash, SecretBox } from '../crypto/index.js';
import { asAppError, toAnswer } from '../errors/error-mapping.js';
import { platformErrors } from '../errors/index.js';
import { Clock } from '../kernel/clock.js';
import { DAY } from '../kernel/durations.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../persistence/index.js';
import {
  type Claimed,
  IdempotencyRepository,
  type Lease,
  type RequestIdentity,
  type StoredAnswer,
} from './persistence/idempotency.repository.js';

const LEASE = 60;
const PURPOSE = 'idempotent-answer';
/** Without the right, gone too soon, or in the way of something else: the next time may go better. */
const PASSING = [401, 403, 408, 409];

export interface IdempotentRequest {
  key: string;
  method: string;
  route: string;
  /** The whole path asked for, so that one key cannot act on two resources. */
  url: string;
  body: unknown;
  /** Null: nobody identified themselves. */
  actor: Actor | null;
}

export function askedWith(
  key: string,
  { method, url, body, actor = null, routeOptions }: ActorRequest,
): IdempotentRequest {
  return { key, method, route: routeOptions.url ?? url, url, body, actor };
}

export interface Outcome extends StoredAnswer {
  replayed: boolean;
}

/**
 * A repeated request acts once. The answer is stored in the same transaction as the effect, so after a crash
 * there are both or neither; a request whose lease was taken over is rolled back instead of acting twice.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly claims: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly hash: KeyedHash,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Runs `act` and answers `status` with its result, or replays what the first such request answered. */
  async once(request: IdempotentRequest, status: number, act: () => Promise<unknown>): Promise<Outcome> {
    const { identity, lease } = this.begin(request);
    if (!(await this.claims.claim(identity, lease))) return this.replay(identity, lease.fingerprint);
    try {
      const body = await this.unitOfWork.runDeferred(act, (result) => this.seal(lease.claim, status, result));
      return { status, body, replayed: false };
    } catch (error) {
      await this.settle(lease.claim, error);
      throw error;
    }
  }

  /**
   * For what finds by itself what a key began: holds the key to one body, and answers the refusal that is kept under
   * it, or how to keep one. Twins that come meanwhile go through, too.
   */
  async hold(request: IdempotentRequest): Promise<Outcome | ((error: unknown) => Promise<void>)> {
    const { identity, lease } = this.begin(request);
    const first = await this.claims.claim(identity, lease);
    if (first) return (error) => this.settle(lease.claim, error, PASSING).catch(() => undefined);
    const stored = await this.find(identity, lease.fingerprint);
    return stored?.answer ? this.open(stored.status, stored.answer) : () => Promise.resolve();
  }

  private begin(request: IdempotentRequest): { identity: RequestIdentity; lease: Lease } {
    const body = JSON.stringify(request.body ?? null);
    const lease = {
      fingerprint: this.hash.steady('idempotency-fingerprint', request.url, body),
      claim: newId(),
      until: this.clock.after(LEASE),
      now: this.clock.now(),
      expires: this.clock.after(DAY),
    };
    return { identity: this.identify(request), lease };
  }

  /** Throws 409 `idempotency_key_reused` for another body. */
  private async find(identity: RequestIdentity, fingerprint: Buffer): Promise<Claimed | undefined> {
    const stored = await this.claims.find(identity);
    if (stored && !stored.fingerprint.equals(fingerprint)) throw platformErrors.idempotency_key_reused();
    return stored;
  }

  private async replay(identity: RequestIdentity, fingerprint: Buffer): Promise<Outcome> {
    const { status = null, answer } = (await this.find(identity, fingerprint)) ?? {};
    if (!answer) throw platformErrors.idempotency_in_progress({ retryAfter: 1 });
    return this.open(status, answer);
  }

  private open(status: number | null, answer: Buffer): Outcome {
    const body = JSON.parse(this.box.open(PURPOSE, answer)) as unknown;
    return { status: status ?? 200, body, replayed: true };
  }

  /** A final refusal is kept like an answer; what may go better next time is not. */
  private async settle(claim: string, error: unknown, passing: readonly number[] = []): Promise<void> {
    const { status, body } = toAnswer(asAppError(error));
    const final = status < 500 && status !== 429 && !passing.includes(status);
    if (final) await this.seal(claim, status, body).catch(() => undefined);
    else await this.claims.release(claim);
  }

  private async seal(claim: string, status: number, body: unknown): Promise<void> {
    const answer = this.box.seal(PURPOSE, JSON.stringify(body ?? null));
    if (!(await this.claims.store(claim, status, answer))) throw platformErrors.idempotency_in_progress();
  }

  private identify({ key, method, route, actor, body }: IdempotentRequest): RequestIdentity {
    const parts = actor ? actorParts(actor) : ['anonymous', JSON.stringify(body ?? null)];
    return { scope: this.hash.steady('idempotency-scope', ...parts), method, route, key };
  }
}

/** The same person in another organization asks for another thing, also where the path does not name it. */
function actorParts({ organization, ...actor }: Actor): string[] {
  const who = actor.via === 'session' ? ['user', actor.userId] : ['api_key', actor.keyId];
  return organization ? [...who, organization.id] : who;
}
