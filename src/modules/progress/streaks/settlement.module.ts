import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { SettlementService } from './settlement.service.js';

/** The end of learner-days. */
@Module({
  imports: [LedgerModule],
  providers: [SettlementService],
  exports: [SettlementService],
})
export class SettlementModule {}
