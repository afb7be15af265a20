import { Injectable } from '@nestjs/common';
import { HiddenRowExplainer, type Owner } from '@/modules/organizations/index.js';
import { xelErrors } from '@/modules/xel/xel.errors.js';
import { OfferedTasks } from './offered-tasks.js';
import { ReviewItemRepository, type ReviewItemRow } from './persistence/review-item.repository.js';

/** Finds items by id. */
@Injectable()
export class ReviewFinder {
  constructor(
    private readonly items: ReviewItemRepository,
    private readonly tasks: OfferedTasks,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
  ) {}

  /** Throws `review_not_found`, or `two_factor_required` when a second factor would show the item. */
  async find(owner: Owner, id: string): Promise<ReviewItemRow> {
    const item = await this.items.find(owner, id, this.tasks.listIds());
    if (item) return item;
    const { review_not_found } = xelErrors;
    throw await this.hiddenRowExplainer.explainMissingRow('xel_review_items', id, owner, review_not_found);
  }
}
