import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { KeyRing, type RootKey } from '@/platform/crypto/index.js';
import { idFromBytes, idToBytes } from '@/platform/kernel/ids.js';

/** The content of a refresh token. Trust it only after `isAuthentic`. */
export interface ParsedRefreshToken {
  sessionId: string;
  /** The number of the token within its session, from 1. */
  counter: number;
  keyId: Buffer;
  mac: Buffer;
}

const VERSION = 1;
const SIGNED_BYTES = 25; // version 1, key id 4, session id 16, counter 4
const TOKEN_BYTES = SIGNED_BYTES + 32;
const PREFIX = 'xr_';

/**
 * Refresh tokens, opaque to clients: version, key id, session id, counter, and a MAC whose key is derived from the root
 * key with the random salt of the session. Tokens are not stored: a stolen table contains none, and the current token
 * can be computed again for a client that lost a response.
 */
@Injectable()
export class RefreshTokens {
  /** Derived keys of recent sessions: a rotation needs the same key twice. */
  private readonly derivedKeys = new LRUCache<string, KeyObject>({ max: 10_000 });

  constructor(private readonly keys: KeyRing) {}

  /** Returns the token `counter` of a session; the same arguments and root key give the same token. */
  issue(sessionId: string, counter: number, salt: Buffer): string {
    const key = this.keys.current;
    const body = encodeBody(key.id, sessionId, counter);
    return PREFIX + Buffer.concat([body, this.computeMac(key, salt, body)]).toString('base64url');
  }

  /** Returns the content of a well-formed token, or null. Does not verify the MAC. */
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

  /** Verifies the MAC in constant time. False if the root key is not known any more. */
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
