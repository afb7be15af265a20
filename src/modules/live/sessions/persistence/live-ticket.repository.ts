import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';

const REDEEM = {
  name: 'live_tickets.redeem',
  text: `INSERT INTO live_redeemed_tickets (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id`,
};

/** Remembers the tickets that were used, until they expire. */
@Injectable()
export class LiveTicketRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns false when the ticket was redeemed before. */
  async redeem(id: string, expiresAt: Date): Promise<boolean> {
    return (await this.unitOfWork.query(REDEEM, [id, expiresAt])).length > 0;
  }
}
