import { Injectable } from '@nestjs/common';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { HiddenRowExplainer, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { answerErrors } from './answers.errors.js';
import { ReceiptResponse } from './dto/receipt.response.js';
import { ReceiptRepository } from './persistence/receipt.repository.js';

/** Checks the sources of earlier answers. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly receipts: ReceiptRepository,
    private readonly hiddenRows: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  /** Returns the receipt with the present state of each source. Throws `receipt_not_found`. */
  async check(actor: Actor, id: string): Promise<ReceiptResponse> {
    const owner = toOwner(actor);
    const receipt = await this.receipts.find(owner, id);
    if (!receipt)
      throw await this.hiddenRows.explainMissingRow(
        'knowledge_receipts',
        id,
        owner,
        answerErrors.receipt_not_found,
      );
    const states = await this.receipts.findStates(toKnowledgeReader(actor), receipt.sources);
    return ReceiptResponse.from(receipt, states, this.clock.now());
  }
}
