import { Injectable } from '@nestjs/common';
import { AuditLog, type Role } from '@/modules/organizations/index.js';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Config } from '@/platform/config/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { AuthMail } from '../mail/auth-mailer.js';
import { MailTokens } from '../mail/email-tokens.js';

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
