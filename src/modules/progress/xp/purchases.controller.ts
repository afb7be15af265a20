import { Controller, Post } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { progressErrors as errors } from '../progress.errors.js';
import { BoosterPurchaseResponse, FreezePurchaseResponse } from './dto/purchase.responses.js';
import { PurchasesService } from './purchases.service.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp')
export class PurchasesController {
  constructor(private readonly purchases: PurchasesService) {}

  @Post('freezes')
  @Requires('xel:write')
  @Operation({
    summary: 'Buy a freeze',
    description:
      'A freeze keeps the streak at the end of a missed day. You can hold two. The price is in your profile.',
    response: FreezePurchaseResponse,
    errors: [errors.tokens_insufficient, errors.freeze_limit_reached],
    idempotent: 'in-transaction',
  })
  buyFreeze(@CurrentActor() { userId }: Actor): Promise<FreezePurchaseResponse> {
    return this.purchases.buyFreeze(userId);
  }

  @Post('boosters')
  @Requires('xel:write')
  @Operation({
    summary: 'Buy a booster',
    description:
      'A booster multiplies XP for half an hour. Another one extends it. The price is in your profile.',
    response: BoosterPurchaseResponse,
    errors: [errors.tokens_insufficient],
    idempotent: 'in-transaction',
  })
  buyBooster(@CurrentActor() { userId }: Actor): Promise<BoosterPurchaseResponse> {
    return this.purchases.buyBooster(userId);
  }
}
