import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../logging/log.js';
import { KeyRing } from './key-ring.js';
import { SecretBox } from './secret-box.js';

const PAGE_SIZE = 200;

export interface SealedRow {
  /** Also the context of the box. */
  id: string;
  sealed: Buffer;
}

/** Secrets at rest that outlive a root key. */
export interface SealedColumn {
  /** The purpose of the boxes. */
  purpose: string;
  /** A page of rows in the order of their ids. */
  findPage(after: string | null, limit: number): Promise<SealedRow[]>;
  /** Puts one box in the place of another, if that is still there. */
  replace(id: string, from: Buffer, to: Buffer): Promise<boolean>;
}

/**
 * While a root key is being replaced, seals every lasting secret under the new one, so that the old one can be
 * thrown away. Runs beside the start; several nodes doing it at once do no harm.
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

  /** Answers how many secrets were sealed anew. */
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

  /** One that cannot be read stays as it is, with a line in the log. */
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
