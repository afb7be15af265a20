import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { Mailer } from '@/platform/mail/index.js';
import { OrganizationRepository } from '../persistence/organization.repository.js';
import { INVITATIONS } from './invitation.rules.js';

const HASH = 'invitation';

/** The mail of an invitation. Its token travels there only; a keyed hash of it is kept. */
@Injectable()
export class InvitationLetters {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly mailer: Mailer,
    private readonly limiter: RateLimiter,
    private readonly hash: KeyedHash,
    private readonly entropy: Entropy,
    private readonly config: Config,
  ) {}

  /** Throws 503 `mail_not_configured`, or 429 when the organization has sent its share of today. */
  async admit(organizationId: OrganizationId): Promise<void> {
    this.mailer.assertConfigured();
    await this.limiter.take(INVITATIONS, organizationId);
  }

  newToken(): { token: string; hash: Buffer } {
    const token = this.entropy.token();
    return { token, hash: this.hash.of(HASH, token) };
  }

  /** What a token may be stored as. */
  hashesOf(token: string): Buffer[] {
    return this.hash.candidates(HASH, token);
  }

  /** Inside the caller's unit of work. */
  async send(organizationId: OrganizationId, to: string, token: string): Promise<void> {
    const name = await this.organizations.nameOf(organizationId);
    await this.mailer.send({
      to,
      subject: 'You are invited to an organization',
      body: [
        'You are invited to join an organization. Accept here:',
        { link: `${this.config.linkBase}/accept-invitation?token=${token}` },
        `The organization calls itself “${name}”. The link is valid for 7 days. If you did not expect it, nothing happens.`,
      ],
    });
  }
}
