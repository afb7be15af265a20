import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { QuestsModule } from '../quests/quests.module.js';
import { SettlementModule } from '../streaks/settlement.module.js';
import { ActivityService } from './activity.service.js';
import { PurchaseRepository } from './persistence/purchase.repository.js';
import { XpRepository } from './persistence/xp.repository.js';
import { PurchasesController } from './purchases.controller.js';
import { PurchasesService } from './purchases.service.js';
import { XpController } from './xp.controller.js';
import { XpService } from './xp.service.js';

/** The XP of a learner, and what tokens buy. */
@Module({
  imports: [LedgerModule, QuestsModule, SettlementModule],
  controllers: [XpController, PurchasesController],
  providers: [XpRepository, PurchaseRepository, XpService, ActivityService, PurchasesService],
})
export class XpModule {}
