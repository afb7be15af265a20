import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Entropy } from '../kernel/entropy.js';
import { KeyRing } from './key-ring.js';

const VERSION = 1;
const HEADER_BYTES = 17; // version 1, key id 4, nonce 12
const TAG_BYTES = 16;

/**
 * Encrypts values at rest: AES-256-GCM with a key derived for each purpose. The ciphertext contains the id of the root key, so
 * values of the previous root key can be read during a rotation. `context`, such as a row id, is authenticated: decryption
 * fails when the ciphertext was moved to another row.
 */
@Injectable()
export class SecretBox {
  constructor(
    private readonly keys: KeyRing,
    private readonly entropy: Entropy,
  ) {}

  seal(purpose: string, plain: string, context = ''): Buffer {
    const key = this.keys.current;
    const nonce = this.entropy.bytes(12);
    const cipher = createCipheriv('aes-256-gcm', key.derive(`box/${purpose}`), nonce);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), key.id, nonce, body, cipher.getAuthTag()]);
  }

  /** Returns whether the value is encrypted with the current root key. Every other value must be encrypted again in a rotation. */
  isCurrent(sealed: Buffer): boolean {
    return this.keys.current.id.equals(sealed.subarray(1, 5));
  }

  /** Throws when purpose or context differ, the root key is unknown, or the ciphertext was changed. */
  open(purpose: string, sealed: Buffer, context = ''): string {
    const key = this.keys.byId(sealed.subarray(1, 5));
    if (sealed[0] !== VERSION || !key) throw new Error(`No known key decrypts this ${purpose}.`);
    const decipher = createDecipheriv(
      'aes-256-gcm',
      key.derive(`box/${purpose}`),
      sealed.subarray(5, HEADER_BYTES),
    );
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(HEADER_BYTES, sealed.length - TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }
}
