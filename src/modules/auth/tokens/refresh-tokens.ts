import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { KeyRing, type RootKey } from '@/platform/crypto/index.js';
import { idFromBytes, idToBytes } from '@/platform/kernel/ids.js';

/** What a refresh token says; nothing of it is believed before `isGenuine`. */
export interface ParsedRefreshToken {
  sessionId: string;
  /** Which token of the session's line this is; the first has 1. */
  counter: number;
  keyId: Buffer;
  mac: Buffer;
}

const VERSION = 1;
const SIGNED_BYTES = 25; // version 1, key id 4, session id 16, counter 4
const TOKEN_BYTES = SIGNED_BYTES + 32;
const PREFIX = 'xr_';

/**
 * Refresh tokens, opaque to clients: version, key id, session id, counter, and a MAC whose key is derived from
 * the root key with the session's own random salt. None is stored, so none can be stolen from a table, and the
 * present one can be computed again for a client whose answer was lost.
 */
@Injectable()
export class RefreshTokens {
  /** Derived keys of recent sessions: one derivation serves both the old token and the new one. */
  private readonly derivedKeys = new LRUCache<string, KeyObject>({ max: 10_000 });

  constructor(private readonly keys: KeyRing) {}

  issue(sessionId: string, counter: number, salt: Buffer): string {
    const key = this.keys.current;
    const body = encodeBody(key.id, sessionId, counter);
    return PREFIX + Buffer.concat([body, this.computeMac(key, salt, body)]).toString('base64url');
  }

  parse(token: string): ParsedRefreshToken | null {
    if (!token.startsWith(PREFIX)) return null;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (bytes.length !== TOKEN_BYTES || bytes[0] !== VERSION) return null;
    return {
      keyId: bytes.subarray(1, 5),
      sessionId: idFromBytes(bytes.subarray(5, 21)),
      counter: bytes.readUInt32BE(21),
      mac: bytes.subarray(SIGNED_BYTES),
    };
  }

  isAuthentic({ keyId, sessionId, counter, mac }: ParsedRefreshToken, salt: Buffer): boolean {
    const key = this.keys.byId(keyId);
    return (
      key !== undefined &&
      timingSafeEqual(this.computeMac(key, salt, encodeBody(keyId, sessionId, counter)), mac)
    );
  }

  private computeMac(root: RootKey, salt: Buffer, body: Buffer): Buffer {
    const cacheKey = root.id.toString('hex') + salt.toString('hex');
    const key = this.derivedKeys.get(cacheKey) ?? root.derive('refresh-token', salt);
    this.derivedKeys.set(cacheKey, key);
    return createHmac('sha256', key).update(body).digest();
  }
}

function encodeBody(keyId: Buffer, sessionId: string, counter: number): Buffer {
  const counterBytes = Buffer.alloc(4);
  counterBytes.writeUInt32BE(counter);
  return Buffer.concat([Buffer.of(VERSION), keyId, idToBytes(sessionId), counterBytes]);
}
