import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MemberDaysModule } from '../member-days/member-days.module.js';
import { RebuildRepository } from './persistence/rebuild.repository.js';
import { ProgressRebuildService } from './progress-rebuild.service.js';

/** The computation of the derived tables from the ledger. */
@Module({
  imports: [LedgerModule, MemberDaysModule],
  providers: [RebuildRepository, ProgressRebuildService],
  exports: [ProgressRebuildService],
})
export class ProgressRebuildModule {}
