import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { Mailer } from '@/platform/mail/index.js';
import { OrganizationRepository } from '../persistence/organization.repository.js';
import { INVITATION_MAIL_LIMIT } from './invitation.rules.js';

const TOKEN_HASH_PURPOSE = 'invitation';

/** The mail of an invitation. Its token travels there only; a keyed hash of it is kept. */
@Injectable()
export class InvitationMailer {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly mailer: Mailer,
    private readonly limiter: RateLimiter,
    private readonly keyedHash: KeyedHash,
    private readonly entropy: Entropy,
    private readonly config: Config,
  ) {}

  /** Throws 503 `mail_not_configured`, or 429 when the organization has sent its share of today. */
  async consumeMailLimit(organizationId: OrganizationId): Promise<void> {
    this.mailer.assertConfigured();
    await this.limiter.consume(INVITATION_MAIL_LIMIT, organizationId);
  }

  createToken(): { token: string; hash: Buffer } {
    const token = this.entropy.token();
    return { token, hash: this.keyedHash.currentHash(TOKEN_HASH_PURPOSE, token) };
  }

  /** What a token may be stored as. */
  computeTokenHashes(token: string): Buffer[] {
    return this.keyedHash.allHashes(TOKEN_HASH_PURPOSE, token);
  }

  /** Inside the caller's unit of work. */
  async send(organizationId: OrganizationId, to: string, token: string): Promise<void> {
    const name = await this.organizations.findName(organizationId);
    await this.mailer.send({
      to,
      subject: 'You are invited to an organization',
      body: [
        'You are invited to join an organization. Accept here:',
        { link: `${this.config.linkBaseUrl}/accept-invitation?token=${token}` },
        `The organization calls itself “${name}”. The link is valid for 7 days. If you did not expect it, nothing happens.`,
      ],
    });
  }
}
