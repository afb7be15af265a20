import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '@/platform/crypto/index.js';
import { authErrors } from '../auth.errors.js';
import { PasswordPolicy } from './password-policy.js';

/** Makes the hash of a password that is about to be set. Slow on purpose: never inside a transaction. */
@Injectable()
export class NewPasswordHasher {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Throws `password_too_weak`; `hints` are what an attacker would try first, `other` the hash of a password that
   * this one must not repeat.
   */
  async hash(password: string, hints: string[], forbiddenHash: string | null = null): Promise<string> {
    await this.policy.assertStrong(password, hints);
    if (forbiddenHash && (await this.hasher.verify(password, forbiddenHash, (compare) => compare())))
      throw authErrors.password_too_weak({ data: { reason: 'This is the password that was set for you.' } });
    return this.hasher.hash(password);
  }
}
