import { Injectable } from '@nestjs/common';
import type { SealedRow } from '@/platform/crypto/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { WebhookSecret } from './webhook-secret.entity.js';

const RETIRE_CURRENT = {
  name: 'webhook_secrets.retire',
  text: `UPDATE webhook_secrets SET expires_at = $2 WHERE webhook_id = $1 AND expires_at IS NULL RETURNING id`,
};

/** Each signature makes the header longer, so a secret that was replaced often in a day no longer signs. */
const LIST_SIGNING = {
  name: 'webhook_secrets.signing',
  text: `SELECT id, sealed FROM webhook_secrets WHERE webhook_id = $1 AND (expires_at IS NULL OR expires_at > $2)
         ORDER BY id DESC LIMIT 5`,
};

const LIST_SEALED = {
  name: 'webhook_secrets.sealed',
  text: `SELECT id, sealed FROM webhook_secrets WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
};

const RESEAL = {
  name: 'webhook_secrets.reseal',
  text: 'UPDATE webhook_secrets SET sealed = $3 WHERE id = $1 AND sealed = $2 RETURNING id',
};

/** The secrets of webhooks. Callers have found the webhook in the organization of the actor. */
@Injectable()
export class WebhookSecretRepository extends RepositoryBase<WebhookSecret> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, WebhookSecret);
  }

  async insert(secret: WebhookSecret): Promise<void> {
    await this.rows.insert(secret);
  }

  /** Lets the current secret expire. */
  retireCurrent(webhookId: string, expiresAt: Date): Promise<boolean> {
    return this.affectedOneRow(RETIRE_CURRENT, [webhookId, expiresAt]);
  }

  /** Returns the current secret, then replaced ones that still sign, the newest first. */
  listSigning(webhookId: string, now: Date): Promise<SealedRow[]> {
    return this.query<SealedRow>(LIST_SIGNING, [webhookId, now]);
  }

  listSealed(after: string | null, limit: number): Promise<SealedRow[]> {
    return this.query<SealedRow>(LIST_SEALED, [after, limit]);
  }

  reseal(id: string, from: Buffer, to: Buffer): Promise<boolean> {
    return this.affectedOneRow(RESEAL, [id, from, to]);
  }
}
