import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '@/platform/crypto/index.js';
import { authErrors } from '../auth.errors.js';
import { PasswordPolicy } from './password-policy.js';

/** Checks and hashes a new password. Slow by design: never call it in a transaction. */
@Injectable()
export class NewPasswordHasher {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Throws `password_too_weak` for a password that is easy to guess or matches `forbiddenHash`. `hints` are words an
   * attacker would try first, such as the name of the user.
   */
  async hash(password: string, hints: string[], forbiddenHash: string | null = null): Promise<string> {
    await this.policy.assertStrong(password, hints);
    if (forbiddenHash && (await this.hasher.verify(password, forbiddenHash, (compare) => compare())))
      throw authErrors.password_too_weak({
        data: { reason: 'Choose a password other than the one that was set for you.' },
      });
    return this.hasher.hash(password);
  }
}
