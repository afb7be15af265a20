import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { DAY } from '../kernel/durations.js';
import { type RateLimitPolicy, RateLimiter, type RateLimitUse } from '../limits/index.js';

const ORGANIZATION_LIMIT: RateLimitPolicy = { name: 'chosen-address-organization', limit: 50, window: DAY };
const ACCOUNT_LIMIT: RateLimitPolicy = { name: 'chosen-address-account', limit: 100, window: DAY };

/** The account that chose an address, and the organization for which it did. */
export interface AddressChooser {
  userId: string;
  organizationId?: string;
  /** More windows that count the mail. */
  uses?: RateLimitUse[];
}

/**
 * Limits mails to addresses that an account chose: invitations, welcome mails, changes of address. So the server cannot be
 * used to send mail to strangers.
 */
@Injectable()
export class ChosenAddressLimiter {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly config: Config,
  ) {}

  /**
   * Runs `send`, and counts a mail if it succeeds. Throws 429 `too_many_attempts`. Call it outside a transaction: it uses a
   * database connection of its own.
   */
  async count<T>(chooser: AddressChooser, send: () => Promise<T>): Promise<T> {
    if (this.config.mail === 'off') return send();
    const reservations = await this.limiter.reserve(...toUses(chooser));
    try {
      return await send();
    } catch (error) {
      await this.limiter.release(reservations);
      throw error;
    }
  }
}

function toUses({ userId, organizationId, uses = [] }: AddressChooser): RateLimitUse[] {
  const account: RateLimitUse = { policy: ACCOUNT_LIMIT, key: [userId] };
  if (organizationId === undefined) return [account, ...uses];
  return [{ policy: ORGANIZATION_LIMIT, key: [organizationId] }, account, ...uses];
}
