import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { AppError, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { aiErrors } from '../ai.errors.js';
import type { ChatRequest } from './dto/chat.request.js';
import { GenerationRepository, isTakenKey } from './persistence/generation.repository.js';

/** Whose request it is, and what makes it the same request, and the same body. */
export interface Repeatable {
  owner: Owner;
  requestKey: Buffer;
  fingerprint: Buffer;
}

/** What a request can meet that is the doing of its own twin: a turn under way, and tokens set aside. */
const IN_THE_WAY = new Set([aiErrors.generation_in_progress.code, aiErrors.ai_token_limit_reached.code]);

/** Requests with an idempotency key: the same key and body lead to the same generation. */
@Injectable()
export class Repeats {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  identify(owner: Owner, key: string | undefined, request: ChatRequest): Repeatable | null {
    if (key === undefined) return null;
    const who = [owner.userId, owner.organizationId ?? '', owner.keyId ?? ''];
    return {
      owner,
      requestKey: this.hash.steady('generation-key', ...who, key),
      fingerprint: this.hash.steady('generation-fingerprint', JSON.stringify(request)),
    };
  }

  /**
   * The generation such a request has begun already, while whoever asks may still read it. Throws 409
   * `idempotency_key_reused` for another body.
   */
  async find(repeatable: Repeatable | null): Promise<string | undefined> {
    if (!repeatable) return undefined;
    const found = await this.generations.byKey(repeatable.owner, repeatable.requestKey, this.clock.now());
    if (found && !found.fingerprint.equals(repeatable.fingerprint))
      throw platformErrors.idempotency_key_reused();
    return found?.id;
  }

  /**
   * The same where `begin` lost against a request that came at the same moment; else throws what `begin` threw.
   * Undefined where the other one has failed meanwhile, so that the key is free again.
   */
  async winner(repeatable: Repeatable | null, error: unknown): Promise<string | undefined> {
    const taken = isTakenKey(error);
    if (!taken && !(error instanceof AppError && IN_THE_WAY.has(error.code))) throw error;
    const found = await this.find(repeatable);
    if (found === undefined && !taken) throw error;
    return found;
  }
}
