import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { DataExportRegistry } from '@/modules/users/index.js';
import { EvaluationResponse } from './dto/evaluation.response.js';
import { EvaluationRepository } from './persistence/evaluation.repository.js';

const PAGE_SIZE = 50;

/** Adds evaluations with their texts to the data export of a user. */
@Injectable()
export class EvaluationExport implements OnModuleInit {
  constructor(
    private readonly evaluations: EvaluationRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('xel-evaluations', (userId, hasSecondFactor) =>
      this.rows({ userId, hasSecondFactor, organizationId: null, keyId: null }),
    );
  }

  private async *rows(owner: Owner): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const rows = await this.evaluations.listWhole(owner, { after, take: PAGE_SIZE });
      for (const row of rows) yield EvaluationResponse.from(row);
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }
}
