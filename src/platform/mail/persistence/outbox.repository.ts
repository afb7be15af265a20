import { Injectable } from '@nestjs/common';
import { KeyedHash, SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { RenderedEmail } from '../email-message.js';

export interface OutboxEmail extends RenderedEmail {
  sent_at: string;
}

const ADD = {
  name: 'mail_outbox.add',
  text: 'INSERT INTO mail_outbox (id, recipient, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
};

const LIST = {
  name: 'mail_outbox.list',
  text: `SELECT sealed, created_at FROM mail_outbox WHERE $1::bytea IS NULL OR recipient = $1
         ORDER BY id DESC LIMIT 100`,
};

/** Stores mail of the development outbox. It is encrypted, because it contains codes and links. */
@Injectable()
export class OutboxRepository {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly box: SecretBox,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  async add(mail: RenderedEmail): Promise<void> {
    const sealed = this.box.seal('outbox', JSON.stringify(mail));
    await this.unitOfWork.query(ADD, [
      newId(),
      this.hashRecipient(mail.to),
      sealed,
      this.clock.now(),
      this.clock.after(DAY),
    ]);
  }

  /** Returns the newest 100 messages, newest first, to one address or to all. */
  async list(to?: string): Promise<OutboxEmail[]> {
    const rows = await this.unitOfWork.query<{ sealed: Buffer; created_at: Date }>(LIST, [
      to ? this.hashRecipient(to) : null,
    ]);
    return rows.map(({ sealed, created_at }) => ({
      ...(JSON.parse(this.box.open('outbox', sealed)) as RenderedEmail),
      sent_at: created_at.toISOString(),
    }));
  }

  private hashRecipient(address: string): Buffer {
    return this.hash.stableHash('outbox-recipient', address.trim().toLowerCase());
  }
}
