import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { User } from './persistence/user.entity.js';

/** Who operates this installation: a verified address in `ADMIN_EMAILS`, or the first account outside production. */
@Injectable()
export class Operators {
  constructor(private readonly config: Config) {}

  include({
    email,
    email_verified_at,
    is_first,
  }: Pick<User, 'email' | 'email_verified_at' | 'is_first'>): boolean {
    const listed = email_verified_at !== null && this.config.adminEmails.includes(email);
    return listed || (is_first && !this.config.production);
  }
}
