import type { OrganizationId } from '../../../platform/kernel/ids.js';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/index.js';
import type { OrganizationActor } from '../../../platform/http/actor.js';
import { AuditLog, type Role } from '../../organizations/index.js';
import { AuthMail } from '../mail/auth-mail.js';
import { MailTokens } from '../recovery/mail-tokens.service.js';

interface NewMember {
  organizationId: OrganizationId;
  userId: string;
  email: string;
  role: Role;
}

/** Tells a person that an account was made for them, and the audit log too. */
@Injectable()
export class Welcome {
  constructor(
    private readonly tokens: MailTokens,
    private readonly mail: AuthMail,
    private readonly audit: AuditLog,
    private readonly config: Config,
  ) {}

  /** An account without a password is of no use without mail. */
  assertPossible(password: string | undefined): void {
    if (password === undefined) this.mail.assertConfigured();
  }

  /** Inside the caller's unit of work. */
  async send(actor: OrganizationActor, { organizationId, userId, email, role }: NewMember): Promise<void> {
    if (this.config.mail !== 'off')
      await this.mail.welcome(email, await this.tokens.issue(userId, 'set_password', email));
    const target = { type: 'user', id: userId } as const;
    await this.audit.record(actor, { organizationId, action: 'user.created', target, details: { role } });
  }
}
