import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { ChosenAddressLimiter, Mailer } from '@/platform/mail/index.js';
import { OrganizationsService } from '../organizations.service.js';

const TOKEN_HASH_PURPOSE = 'invitation';

/** Sends invitation mails. The mail alone contains the token; the database stores a keyed hash of it. */
@Injectable()
export class InvitationMailer {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly mailer: Mailer,
    private readonly chosenAddresses: ChosenAddressLimiter,
    private readonly keyedHash: KeyedHash,
    private readonly entropy: Entropy,
    private readonly config: Config,
  ) {}

  /**
   * Runs `send`, which mails an address that the actor chose. Throws `mail_not_configured`, or 429 `too_many_attempts` after
   * the daily limit of the organization or of the account.
   */
  async sendWithinLimit<T>(actor: OrganizationActor, send: () => Promise<T>): Promise<T> {
    this.mailer.assertConfigured();
    const chooser = { userId: actor.userId, organizationId: actor.organization.id };
    return this.chosenAddresses.count(chooser, send);
  }

  createToken(): { token: string; hash: Buffer } {
    const token = this.entropy.token();
    return { token, hash: this.keyedHash.currentHash(TOKEN_HASH_PURPOSE, token) };
  }

  /** Returns the hash of a token under each valid secret, current and previous ones. */
  computeTokenHashes(token: string): Buffer[] {
    return this.keyedHash.allHashes(TOKEN_HASH_PURPOSE, token);
  }

  /** Queues the mail in the transaction of the caller. */
  async send(organizationId: OrganizationId, to: string, token: string): Promise<void> {
    const name = await this.organizations.findName(organizationId);
    await this.mailer.send({
      to,
      subject: 'You are invited to an organization',
      body: [
        'You are invited to join an organization. Open this link to accept:',
        { link: `${this.config.linkBaseUrl}/accept-invitation?token=${token}` },
        `The name of the organization is “${name}”. The link is valid for 7 days. If you did not expect this invitation, ignore this mail.`,
      ],
    });
  }
}
