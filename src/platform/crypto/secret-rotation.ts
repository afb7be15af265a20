import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../logging/log.js';
import { KeyRing } from './key-ring.js';
import { SecretBox } from './secret-box.js';

const PAGE_SIZE = 200;

export interface SealedRow {
  /** Also the context of the encryption. */
  id: string;
  sealed: Buffer;
}

/** A column of encrypted values that must survive a rotation of the root key. */
export interface SealedColumn {
  /** Purpose of the encryption. */
  purpose: string;
  /** Returns a page of rows, ordered by id. */
  findPage(after: string | null, limit: number): Promise<SealedRow[]>;
  /** Replaces a value if it is still `from`. Returns whether it was. */
  replace(id: string, from: Buffer, to: Buffer): Promise<boolean>;
}

/**
 * Encrypts all registered columns with the current root key, while a previous one is configured. Then the previous key can be
 * removed. Runs in the background after the start; several nodes can run it at once.
 */
@Injectable()
export class SecretRotation implements OnApplicationBootstrap {
  private readonly columns: SealedColumn[] = [];

  constructor(
    private readonly keys: KeyRing,
    private readonly box: SecretBox,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.keys.all.length > 1)
      void this.run().catch((error: unknown) => this.log.error('secrets.rotation_failed', error));
  }

  register(column: SealedColumn): void {
    this.columns.push(column);
  }

  /** Returns how many values were encrypted again. */
  async run(): Promise<number> {
    let sealed = 0;
    for (const column of this.columns) sealed += await this.rotateColumn(column);
    this.log.info('secrets.rotated', { sealed });
    return sealed;
  }

  private async rotateColumn(column: SealedColumn): Promise<number> {
    let sealed = 0;
    let after: string | null = null;
    for (;;) {
      const rows: SealedRow[] = await column.findPage(after, PAGE_SIZE);
      for (const row of rows) if (await this.reseal(column, row)) sealed += 1;
      if (rows.length < PAGE_SIZE) return sealed;
      after = rows.at(-1)?.id ?? null;
    }
  }

  /** Encrypts one value again. A value that cannot be decrypted is logged and not changed. */
  private async reseal({ purpose, replace }: SealedColumn, { id, sealed }: SealedRow): Promise<boolean> {
    if (this.box.isCurrent(sealed)) return false;
    try {
      return await replace(id, sealed, this.box.seal(purpose, this.box.open(purpose, sealed, id), id));
    } catch (error) {
      this.log.error('secrets.unreadable', error, { purpose, id });
      return false;
    }
  }
}
