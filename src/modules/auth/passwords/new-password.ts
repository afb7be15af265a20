import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../../platform/crypto/index.js';
import { PasswordPolicy } from './password-policy.js';

/** Makes the hash of a password that is about to be set. Slow on purpose: never inside a transaction. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Throws `password_too_weak`; `hints` are what an attacker would try first. */
  async hash(password: string, hints: string[]): Promise<string> {
    await this.policy.assertStrong(password, hints);
    return this.hasher.hash(password);
  }
}
