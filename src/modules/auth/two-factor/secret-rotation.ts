import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { KeyRing } from '../../../platform/crypto/index.js';
import { Log } from '../../../platform/logging/index.js';
import { CodeSecrets } from './code-secrets.js';
import { SecondFactorRepository } from './persistence/second-factor.repository.js';

const PAGE = 200;

/**
 * While a root key is being replaced, seals every authenticator secret under the new one, so that the old one can
 * be thrown away. Runs beside the start; several nodes doing it at once do no harm.
 */
@Injectable()
export class SecretRotation implements OnApplicationBootstrap {
  constructor(
    private readonly keys: KeyRing,
    private readonly factors: SecondFactorRepository,
    private readonly secrets: CodeSecrets,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.keys.all.length > 1)
      void this.run().catch((error: unknown) => this.log.error('auth.rotation_failed', error));
  }

  /** Answers how many secrets were sealed anew. */
  async run(): Promise<number> {
    let sealed = 0;
    let after: string | null = null;
    for (;;) {
      const rows: { user_id: string; secret: Buffer }[] = await this.factors.sealed(after, PAGE);
      for (const { user_id, secret } of rows) if (await this.reseal(user_id, secret)) sealed += 1;
      if (rows.length < PAGE) break;
      after = rows.at(-1)?.user_id ?? null;
    }
    this.log.info('auth.secrets_rotated', { sealed });
    return sealed;
  }

  private async reseal(userId: string, secret: Buffer): Promise<boolean> {
    const fresh = this.secrets.reseal(userId, secret);
    return fresh !== null && this.factors.reseal(userId, secret, fresh);
  }
}
