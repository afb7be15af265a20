import { Injectable } from '@nestjs/common';
import { type AppError, type ErrorFactory, platformErrors } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { Owner } from '../owner.js';

/** Why somebody does not see a row that may be theirs: the second factor that its organization requires is missing. */
@Injectable()
export class HiddenRowExplainer {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** 403 `two_factor_required` where stepping up would show the row; else `missing`. Asked only after a miss. */
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
    const hiddenRows = await this.unitOfWork.query({ name: `weak_sessions.${table}`, text }, [id, userId]);
    return hiddenRows.length > 0 ? platformErrors.two_factor_required() : notFoundError();
  }
}
