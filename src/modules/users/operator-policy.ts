import { Injectable } from '@nestjs/common';
import { type Actor, OperatorAuthorizer } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { User } from './persistence/user.entity.js';
import { UserRepository } from './persistence/user.repository.js';

/** Decides which users operate this installation. */
@Injectable()
export class OperatorPolicy extends OperatorAuthorizer {
  constructor(
    private readonly config: Config,
    private readonly users: UserRepository,
  ) {
    super();
  }

  async authorize({ userId }: Actor): Promise<void> {
    if (!(await this.isOperatorId(userId))) throw platformErrors.operator_required();
  }

  async isOperatorId(userId: string): Promise<boolean> {
    const user = await this.users.find(userId);
    return user !== null && this.isOperator(user);
  }

  /** Returns whether an account becomes an operator by verifying this address. */
  isOperatorAddress(email: string): boolean {
    return this.config.adminEmails.includes(email);
  }

  /** True for a verified address in `ADMIN_EMAILS` and, outside production, for the first account. */
  isOperator({
    email,
    email_verified_at,
    is_first,
  }: Pick<User, 'email' | 'email_verified_at' | 'is_first'>): boolean {
    const isListed = email_verified_at !== null && this.isOperatorAddress(email);
    return isListed || (is_first && !this.config.production);
  }
}
