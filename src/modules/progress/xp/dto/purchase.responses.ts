import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { ActiveBoosterResponse } from './xp-profile.response.js';

@ApiSchema({ name: 'FreezePurchaseResponse' })
export class FreezePurchaseResponse {
  @ResponseField('integer', 1)
  freezes_available!: number;

  @ResponseField('integer', 0)
  freezes_used!: number;

  @ResponseField('integer', 15)
  token_balance!: number;
}

@ApiSchema({ name: 'BoosterPurchaseResponse' })
export class BoosterPurchaseResponse {
  @ResponseField(() => ActiveBoosterResponse)
  active_booster!: ActiveBoosterResponse;

  @ResponseField('integer', 25)
  token_balance!: number;
}
