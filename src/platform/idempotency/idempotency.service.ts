import { Injectable } from '@nestjs/common';
import { KeyedHash, SecretBox } from '../crypto/index.js';
import { platformErrors } from '../errors/index.js';
import type { Actor } from '../http/actor.js';
import { asAppError, toAnswer } from '../http/answer.js';
import { Clock } from '../kernel/clock.js';
import { DAY } from '../kernel/durations.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../persistence/index.js';
import {
  IdempotencyRepository,
  type RequestIdentity,
  type StoredAnswer,
} from './persistence/idempotency.repository.js';

const LEASE = 60;
const PURPOSE = 'idempotent-answer';

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
    const identity = this.identify(request);
    const fingerprint = this.hash.steady(
      'idempotency-fingerprint',
      request.url,
      JSON.stringify(request.body ?? null),
    );
    const claim = newId();
    const lease = {
      fingerprint,
      claim,
      until: this.clock.after(LEASE),
      now: this.clock.now(),
      expires: this.clock.after(DAY),
    };
    if (!(await this.claims.claim(identity, lease))) return this.replay(identity, fingerprint);
    try {
      const body = await this.unitOfWork.runDeferred(act, (result) => this.seal(claim, status, result));
      return { status, body, replayed: false };
    } catch (error) {
      await this.settle(claim, error);
      throw error;
    }
  }

  private async replay(identity: RequestIdentity, fingerprint: Buffer): Promise<Outcome> {
    const stored = await this.claims.find(identity);
    if (stored && !stored.fingerprint.equals(fingerprint)) throw platformErrors.idempotency_key_reused();
    if (!stored?.answer || stored.status === null)
      throw platformErrors.idempotency_in_progress({ retryAfter: 1 });
    const body = JSON.parse(this.box.open(PURPOSE, stored.answer)) as unknown;
    return { status: stored.status, body, replayed: true };
  }

  /** A final refusal is kept like an answer; what may go better next time is not. */
  private async settle(claim: string, error: unknown): Promise<void> {
    const { status, body } = toAnswer(asAppError(error));
    if (status < 500 && status !== 429) await this.seal(claim, status, body).catch(() => undefined);
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
