import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { AppError, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { aiErrors } from '../ai.errors.js';
import type { ChatRequest } from './dto/chat.request.js';
import { GenerationRepository, isIdempotencyKeyTaken } from './persistence/generation.repository.js';

/** Identifies a request with an idempotency key. `fingerprint` is a keyed hash of its body. */
export interface IdempotencyIdentity {
  owner: Owner;
  requestKey: Buffer;
  fingerprint: Buffer;
}

/**
 * Errors that a concurrent request with the same idempotency key can cause: the conversation is busy, or the
 * remaining tokens are reserved.
 */
const CONCURRENT_ATTEMPT_ERRORS = new Set([
  aiErrors.generation_in_progress.code,
  aiErrors.ai_token_limit_reached.code,
]);

/** Finds the generation that an earlier request with the same idempotency key and body has created. */
@Injectable()
export class GenerationIdempotencyService {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns null without a key. Keys of different users, organizations, API keys and operations are independent; `operation`
   * is undefined for a chat.
   */
  identify(
    owner: Owner,
    idempotencyKey: string | undefined,
    request: ChatRequest,
    operation?: string,
  ): IdempotencyIdentity | null {
    if (idempotencyKey === undefined) return null;
    const scope = [owner.userId, owner.organizationId ?? '', owner.keyId ?? ''];
    if (operation !== undefined) scope.push(operation);
    return {
      owner,
      requestKey: this.hash.stableHash('generation-key', ...scope, idempotencyKey),
      fingerprint: this.hash.stableHash('generation-fingerprint', JSON.stringify(request)),
    };
  }

  /**
   * Returns the id of the earlier generation, if the owner may still read it. Throws 409 `idempotency_key_reused`
   * when its body was different.
   */
  async findExisting(identity: IdempotencyIdentity | null): Promise<string | undefined> {
    if (!identity) return undefined;
    const found = await this.generations.findByKey(identity.owner, identity.requestKey, this.clock.now());
    if (found && !found.fingerprint.equals(identity.fingerprint))
      throw platformErrors.idempotency_key_reused();
    return found?.id;
  }

  /**
   * Returns the id of the generation that a concurrent request with the same key has created. `error` is what the
   * start of this request threw; it is thrown again when no concurrent request can have caused it. Returns undefined
   * when the concurrent generation has failed and its key is free again.
   */
  async findConcurrent(identity: IdempotencyIdentity | null, error: unknown): Promise<string | undefined> {
    const isKeyTaken = isIdempotencyKeyTaken(error);
    if (!isKeyTaken && !(error instanceof AppError && CONCURRENT_ATTEMPT_ERRORS.has(error.code))) throw error;
    const found = await this.findExisting(identity);
    if (found === undefined && !isKeyTaken) throw error;
    return found;
  }
}
