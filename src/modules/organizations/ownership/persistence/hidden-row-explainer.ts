import { Injectable } from '@nestjs/common';
import { type AppError, type ErrorFactory, platformErrors } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { Owner } from '../owner.js';

/** Tells a row that does not exist from a row that is hidden until the session uses a second factor. */
@Injectable()
export class HiddenRowExplainer {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Returns `two_factor_required` when a step-up would show the row, else `notFoundError`. To be called after a
   * query of the owner found no row. `table` is a table with `id`, `owner_id` and `organization_id`.
   */
  async explainMissingRow(
    table: string,
    id: string,
    { userId, organizationId, hasSecondFactor }: Owner,
    notFoundError: ErrorFactory,
  ): Promise<AppError> {
    if (organizationId !== null || hasSecondFactor) return notFoundError();
    const text = `SELECT t.id FROM ${table} t
      JOIN memberships m ON m.organization_id = t.organization_id AND m.user_id = t.owner_id
      JOIN organizations o ON o.id = t.organization_id AND o.enforce_2fa
      WHERE t.id = $1 AND t.owner_id = $2`;
    const hiddenRows = await this.unitOfWork.query({ name: `hidden_rows.${table}`, text }, [id, userId]);
    return hiddenRows.length > 0 ? platformErrors.two_factor_required() : notFoundError();
  }
}
