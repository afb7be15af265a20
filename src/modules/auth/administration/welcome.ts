import { Injectable } from '@nestjs/common';
import { AuditLogService, type Role } from '@/modules/organizations/index.js';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Config } from '@/platform/config/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';

interface WelcomeInput {
  organizationId: OrganizationId;
  userId: string;
  email: string;
  role: Role;
}

/** Tells a person that an account was made for them, and the audit log too. */
@Injectable()
export class WelcomeMailer {
  constructor(
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly audit: AuditLogService,
    private readonly config: Config,
  ) {}

  /** An account without a password is of no use without mail. */
  assertDeliverable(password: string | undefined): void {
    if (password === undefined) this.mailer.assertConfigured();
  }

  /** Inside the caller's unit of work. */
  async send(actor: OrganizationActor, { organizationId, userId, email, role }: WelcomeInput): Promise<void> {
    if (this.config.mail !== 'off')
      await this.mailer.sendWelcome(email, await this.emailTokens.issue(userId, 'set_password', email));
    const target = { type: 'user', id: userId } as const;
    await this.audit.record(actor, { organizationId, action: 'user.created', target, details: { role } });
  }
}
