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
    const user = await this.users.find(userId);
    if (!user || !this.isOperator(user)) throw platformErrors.operator_required();
  }

  /** True for a verified address in `ADMIN_EMAILS` and, outside production, for the first account. */
  isOperator({
    email,
    email_verified_at,
    is_first,
  }: Pick<User, 'email' | 'email_verified_at' | 'is_first'>): boolean {
    const isListed = email_verified_at !== null && this.config.adminEmails.includes(email);
    return isListed || (is_first && !this.config.production);
  }
}
