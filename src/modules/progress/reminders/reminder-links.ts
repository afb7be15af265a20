import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { KeyedHash } from '@/platform/crypto/index.js';
import { idFromBytes, idToBytes, isId } from '@/platform/kernel/ids.js';

const PURPOSE = 'reminder-link';
const ID_BYTES = 16;
const TOKEN_BYTES = ID_BYTES + 32;

/** Links that switch reminders off. A token is an id with its keyed hash, and is not stored. */
@Injectable()
export class ReminderLinks {
  constructor(
    private readonly hash: KeyedHash,
    private readonly config: Config,
  ) {}

  toUrl(linkId: string): string {
    const bytes = Buffer.concat([idToBytes(linkId), this.hash.currentHash(PURPOSE, linkId)]);
    return `${this.config.baseUrl}/unsubscribe?token=${bytes.toString('base64url')}`;
  }

  /** Returns the id of a token, or undefined when this server has not made it. */
  verify(token: unknown): string | undefined {
    if (typeof token !== 'string') return undefined;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== TOKEN_BYTES) return undefined;
    const linkId = idFromBytes(bytes.subarray(0, ID_BYTES));
    const given = bytes.subarray(ID_BYTES);
    const isGenuine = this.hash.allHashes(PURPOSE, linkId).some((hash) => timingSafeEqual(hash, given));
    return isGenuine && isId(linkId) ? linkId : undefined;
  }
}
