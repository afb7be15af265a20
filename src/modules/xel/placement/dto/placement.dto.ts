import { CEFR_LEVELS, type CefrLevel } from '@/modules/xel/course/course.schema.js';
import type { ItemBank } from '@/modules/xel/placement/item-bank.js';
import { MAX_ITEMS } from '@/modules/xel/placement/item-selection.js';
import type { Placement } from '@/modules/xel/placement/persistence/placement.entity.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { IdField, TextField } from '@/platform/validation/index.js';

export const PLACEMENT_STATUSES = ['not_started', 'in_progress', 'finished'] as const;

/** `{}` starts a test or goes on with it; all three fields answer its current item. */
export class XelPlacementRequest {
  @IdField({ optional: true })
  placement_id?: string;

  @TextField({ optional: true, max: 64 })
  item_id?: string;

  @TextField({ optional: true, max: 300, description: 'The id of an option.' })
  response?: string;
}

@ApiSchema({ name: 'XELPlacementOption' })
export class XelPlacementOption {
  @ResponseField('string', 'are')
  id!: string;

  @ResponseField('string', 'are')
  text!: string;
}

@ApiSchema({ name: 'XELPlacementItem' })
export class XelPlacementItem {
  @ResponseField('string', 'item-1f0c22ab')
  id!: string;

  @ResponseField('string', 'Choose the words that fit into the gap.')
  instruction!: string;

  @ResponseField('string', 'My parents ___ in Rome this week.')
  prompt!: string;

  @ResponseListField(() => XelPlacementOption)
  options!: XelPlacementOption[];
}

@ApiSchema({ name: 'XELPlacementResult' })
export class XelPlacementResult {
  @ResponseField('string', 'B1', { enum: CEFR_LEVELS })
  cefr!: CefrLevel;

  @ResponseListField('string', ['A2', 'B1'], 'The lowest and the highest level that the answers allow.')
  interval!: CefrLevel[];

  @ResponseField('string', 'uncalibrated', {
    description: 'The difficulty of the items comes from their level, not from answers of many learners.',
  })
  interval_basis!: 'uncalibrated';

  static from({ cefr, cefr_low, cefr_high }: Placement): XelPlacementResult | null {
    if (cefr === null || cefr_low === null || cefr_high === null) return null;
    return { cefr, interval: [cefr_low, cefr_high], interval_basis: 'uncalibrated' };
  }
}

@ApiSchema({ name: 'XELPlacementResponse' })
export class XelPlacementResponse {
  @ResponseIdField({ nullable: true })
  placement_id!: string | null;

  @ResponseField('string', 'in_progress', { enum: PLACEMENT_STATUSES })
  status!: (typeof PLACEMENT_STATUSES)[number];

  @ResponseField('integer', 3)
  answered!: number;

  @ResponseField('integer', MAX_ITEMS, { description: 'The test ends earlier when the level is clear.' })
  max_items!: number;

  @ResponseField(() => XelPlacementItem, undefined, { nullable: true })
  item!: XelPlacementItem | null;

  @ResponseField(() => XelPlacementResult, undefined, { nullable: true })
  result!: XelPlacementResult | null;

  @ResponseTimestampField({ nullable: true })
  started_at!: string | null;

  @ResponseTimestampField({ nullable: true })
  finished_at!: string | null;

  @ResponseTimestampField({ nullable: true, description: 'When the next test can be started.' })
  retake_at!: string | null;

  static from(placement: Placement | undefined, bank: ItemBank, retakeAt: Date | null): XelPlacementResponse {
    return {
      placement_id: placement?.id ?? null,
      status: !placement ? 'not_started' : placement.finished_at ? 'finished' : 'in_progress',
      answered: placement?.answered ?? 0,
      max_items: MAX_ITEMS,
      item: placement ? toItem(placement, bank) : null,
      result: placement ? XelPlacementResult.from(placement) : null,
      started_at: placement?.started_at.toISOString() ?? null,
      finished_at: placement?.finished_at?.toISOString() ?? null,
      retake_at: retakeAt?.toISOString() ?? null,
    };
  }
}

function toItem({ current_item_id }: Placement, bank: ItemBank): XelPlacementItem | null {
  const item = current_item_id === null ? undefined : bank.find(current_item_id);
  return item ? { id: item.id, instruction: bank.prompt, prompt: item.prompt, options: item.options } : null;
}
