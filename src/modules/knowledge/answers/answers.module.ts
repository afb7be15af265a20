import { Module, type OnModuleInit } from '@nestjs/common';
import { AiModule } from '@/modules/ai/index.js';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { RetrievalModule } from '@/modules/knowledge/retrieval/retrieval.module.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { DataExportRegistry, UsersModule } from '@/modules/users/index.js';
import { AnswersController } from './answers.controller.js';
import { DocumentGrounding } from './document-grounding.js';
import { ReceiptRepository } from './persistence/receipt.repository.js';
import { RagQueryService } from './rag-query.service.js';
import { exportReceipts } from './receipt-export.js';
import { ReceiptsService } from './receipts.service.js';

/** Answers from documents, with citations that are checked. */
@Module({
  imports: [AiModule, ConversationsModule, OrganizationsModule, RetrievalModule, UsersModule],
  controllers: [AnswersController],
  providers: [ReceiptRepository, DocumentGrounding, RagQueryService, ReceiptsService],
})
export class AnswersModule implements OnModuleInit {
  constructor(
    private readonly receipts: ReceiptRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('knowledge-receipts', (userId, hasSecondFactor) =>
      exportReceipts(this.receipts, { userId, hasSecondFactor, organizationId: null, keyId: null }),
    );
  }
}
