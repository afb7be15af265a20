import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { AppError, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { aiErrors } from '../ai.errors.js';
import type { ChatRequest } from './dto/chat.request.js';
import { GenerationRepository, isIdempotencyKeyTaken } from './persistence/generation.repository.js';

/** Whose request it is, and what makes it the same request, and the same body. */
export interface IdempotencyIdentity {
  owner: Owner;
  requestKey: Buffer;
  fingerprint: Buffer;
}

/** What a request can meet that is the doing of its own twin: a turn under way, and tokens set aside. */
const CONCURRENT_ATTEMPT_ERRORS = new Set([
  aiErrors.generation_in_progress.code,
  aiErrors.ai_token_limit_reached.code,
]);

/** Requests with an idempotency key: the same key and body lead to the same generation. */
@Injectable()
export class IdempotentGenerations {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  identify(
    owner: Owner,
    idempotencyKey: string | undefined,
    request: ChatRequest,
  ): IdempotencyIdentity | null {
    if (idempotencyKey === undefined) return null;
    const scope = [owner.userId, owner.organizationId ?? '', owner.keyId ?? ''];
    return {
      owner,
      requestKey: this.hash.stableHash('generation-key', ...scope, idempotencyKey),
      fingerprint: this.hash.stableHash('generation-fingerprint', JSON.stringify(request)),
    };
  }

  /**
   * The generation such a request has begun already, while whoever asks may still read it. Throws 409
   * `idempotency_key_reused` for another body.
   */
  async findExisting(identity: IdempotencyIdentity | null): Promise<string | undefined> {
    if (!identity) return undefined;
    const found = await this.generations.findByKey(identity.owner, identity.requestKey, this.clock.now());
    if (found && !found.fingerprint.equals(identity.fingerprint))
      throw platformErrors.idempotency_key_reused();
    return found?.id;
  }

  /**
   * The same where `begin` lost against a request that came at the same moment; else throws what `begin` threw.
   * Undefined where the other one has failed meanwhile, so that the key is free again.
   */
  async findConcurrent(identity: IdempotencyIdentity | null, error: unknown): Promise<string | undefined> {
    const isKeyTaken = isIdempotencyKeyTaken(error);
    if (!isKeyTaken && !(error instanceof AppError && CONCURRENT_ATTEMPT_ERRORS.has(error.code))) throw error;
    const found = await this.findExisting(identity);
    if (found === undefined && !isKeyTaken) throw error;
    return found;
  }
}
