import { Injectable } from '@nestjs/common';
import { SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { WebhookSecretRepository } from './persistence/webhook-secret.repository.js';
import {
  SECRET_BYTES,
  SECRET_OVERLAP,
  SECRET_PURPOSE,
  type SignedMessage,
  signMessage,
  toSecret,
} from './secret.rules.js';

/** Creates and replaces the secrets of webhooks, and signs with them. They are encrypted at rest. */
@Injectable()
export class WebhookSecrets {
  constructor(
    private readonly secrets: WebhookSecretRepository,
    private readonly box: SecretBox,
    private readonly entropy: Entropy,
    private readonly clock: Clock,
  ) {}

  /** Creates the current secret of a webhook and returns it. Runs in the transaction of the caller. */
  async create(webhookId: string): Promise<string> {
    const id = newId();
    const secret = toSecret(this.entropy.bytes(SECRET_BYTES));
    const sealed = this.box.seal(SECRET_PURPOSE, secret, id);
    const created_at = this.clock.now();
    await this.secrets.insert({ id, webhook_id: webhookId, sealed, created_at, expires_at: null });
    return secret;
  }

  /** Replaces the current secret, which signs for another day. The caller has locked the webhook. */
  async replace(webhookId: string): Promise<string> {
    await this.secrets.retireCurrent(webhookId, this.clock.after(SECRET_OVERLAP));
    return this.create(webhookId);
  }

  /** Returns the signatures of a message by all secrets that sign at present. */
  async sign(webhookId: string, message: SignedMessage): Promise<string> {
    const rows = await this.secrets.listSigning(webhookId, this.clock.now());
    const secrets = rows.map(({ id, sealed }) => this.box.open(SECRET_PURPOSE, sealed, id));
    return signMessage(message, secrets);
  }
}
