import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { SecretBox } from '@/platform/crypto/index.js';
import type { IntegrationConnection } from './persistence/integration-connection.entity.js';

export const TOKENS_PURPOSE = 'integration-connection-tokens';

const tokenPair = z.object({ access: z.string(), refresh: z.string() });

export type TokenPair = z.infer<typeof tokenPair>;

/** Encrypts the tokens of connections. They can be decrypted with the id of their connection only. */
@Injectable()
export class TokenBox {
  constructor(private readonly box: SecretBox) {}

  seal(connectionId: string, tokens: TokenPair): Buffer {
    return this.box.seal(TOKENS_PURPOSE, JSON.stringify(tokens), connectionId);
  }

  open({ id, tokens }: Pick<IntegrationConnection, 'id' | 'tokens'>): TokenPair {
    return tokenPair.parse(JSON.parse(this.box.open(TOKENS_PURPOSE, tokens, id)));
  }
}
